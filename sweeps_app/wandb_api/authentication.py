"""API keys as the client sends them: `Authorization: Basic base64("api:KEY")`."""

import base64
import binascii

from django.http import HttpRequest

from sweeps_app.models import User
from sweeps_app.services.keys import key_authenticate

REFUSED = "The API key is unknown, revoked or expired: make one under Settings, API keys, and set WANDB_API_KEY."


def caller_of(request: HttpRequest) -> User | None:
    """Return the person whose key a request carries, None where it carries none that works."""
    secret = _secret(request.headers.get("Authorization", ""))
    key = key_authenticate(secret=secret) if secret else None
    return None if key is None else key.user


def _secret(header: str) -> str:
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
