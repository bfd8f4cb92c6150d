"""API keys in the `Authorization` header."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from sweeps_app.models import ApiKey, User
from sweeps_app.services.keys import key_authenticate


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`; a request without such a header is left to the next way to sign in."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the person for whom the key speaks, and the key; raises `AuthenticationFailed` for a useless one."""
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        key = key_authenticate(secret=secret.strip().decode("latin-1"))
        if key is None:
            raise AuthenticationFailed("This API key is unknown, revoked or expired: make one under Settings, Keys.")
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 says in `WWW-Authenticate`."""
        return "Bearer"
