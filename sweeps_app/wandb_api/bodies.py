"""Bodies of requests: JSON, plain or compressed, of bounded size."""

import gzip
import io
import json
import zlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from sweeps_app.wandb_api.answers import refusal

_SETTING = "SWEEPDECK_MAX_BODY_BYTES"


def json_body(request: HttpRequest) -> dict[str, Any] | JsonResponse:
    """Return the object in a request's body, or the answer to one that is too large or no JSON."""
    limit = settings.MAX_BODY_BYTES
    raw = request.read(limit + 1)
    if len(raw) <= limit and request.headers.get("Content-Encoding", "").strip().lower() == "gzip":
        try:
            raw = gzip.GzipFile(fileobj=io.BytesIO(raw)).read(limit + 1)
        except (OSError, EOFError, zlib.error):
            return refusal("The body is not what Content-Encoding says.", 400)
    if len(raw) > limit:
        return refusal(f"The request has more than {limit:,} bytes: log less at once, or raise {_SETTING}.", 413)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return refusal("The body is not JSON.", 400)
    return value if isinstance(value, dict) else refusal("The body must be a JSON object.", 400)
