"""One-time links that sign a person in."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from sweeps_app.models import User


class SignInTokens(PasswordResetTokenGenerator):
    """Tokens that end with the next sign-in, a new password, or `PASSWORD_RESET_TIMEOUT`."""

    key_salt = "sweeps_app.services.sign_in"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        """Hash the last sign-in to the microsecond; Django's own token drops the fraction of the second."""
        last_login = user.last_login.isoformat() if user.last_login else ""
        return f"{user.pk}{user.password}{last_login}{timestamp}{user.is_active}"


_tokens = SignInTokens()


def sign_in_path(*, user: User) -> str:
    """Return the path of a page that signs `user` in, once."""
    return f"/welcome/{urlsafe_base64_encode(force_bytes(user.pk))}/{_tokens.make_token(user)}"


def sign_in_user_for(uid: str, token: str) -> User | None:
    """Return the person whom the two parts of a link sign in, or None where the link is wrong, used or too old.

    The link is used up by `django.contrib.auth.login`, which sets `last_login`.
    """
    try:
        primary_key = int(force_str(urlsafe_base64_decode(uid)))
    except ValueError:
        return None
    user = User.objects.filter(pk=primary_key, is_active=True).first()
    return user if user is not None and _tokens.check_token(user, token) else None
