"""Request bodies: JSON objects of bounded size, plain or compressed by gzip."""

import gzip
import io
import json
import zlib
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from sweeps_app.api.exceptions import BodyTooLarge


class BoundedJSONParser(BaseParser):
    """Reads one JSON object of at most `settings.MAX_BODY_BYTES`, counted before and after decompression.

    Text is UTF-8 (a byte order mark is skipped). The tokens NaN, Infinity and -Infinity are numbers, since many
    languages write them.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object; raises `BodyTooLarge`, `ParseError` or `UnsupportedMediaType`."""
        request = (parser_context or {})["request"]
        raw = _bounded(stream, declared=request.META.get("CONTENT_LENGTH"))
        return _object(_decoded(raw, request.headers.get("Content-Encoding", "")))


def _bounded(stream: IO[bytes], declared: str | None) -> bytes:
    limit = settings.MAX_BODY_BYTES
    if declared and int(declared) > limit:
        raise BodyTooLarge(limit)
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise BodyTooLarge(limit)
    return raw


def _decoded(raw: bytes, encoding: str) -> bytes:
    coding = encoding.strip().lower()
    if coding in ("", "identity"):
        return raw
    if coding not in ("gzip", "x-gzip"):
        shown = encoding[:50].encode("ascii", "replace").decode()
        raise UnsupportedMediaType(coding, f"Content-Encoding '{shown}' is not known: send gzip or plain JSON.")
    limit = settings.MAX_BODY_BYTES
    try:
        plain = gzip.GzipFile(fileobj=io.BytesIO(raw)).read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ParseError("The body is not what Content-Encoding says: gzip cannot read it to its end.") from error
    if len(plain) > limit:
        raise BodyTooLarge(limit)
    return plain


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8: byte {error.start} cannot be read.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ParseError(f"The body is not JSON: {error.msg} at {place}.") from error
    except ValueError as error:
        raise ParseError("The body holds an integer of thousands of digits: send it as text.") from error
    except RecursionError as error:
        raise ParseError("The body is nested too deeply.") from error
    if not isinstance(value, dict):
        raise ParseError("The body must be a JSON object, such as {}.")
    return value
