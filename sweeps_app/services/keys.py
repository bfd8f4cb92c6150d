"""API keys: make, use, revoke."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from sweeps_app.models import ApiKey, User
from sweeps_app.models.compiled import CompiledQuery
from sweeps_app.models.key import PREFIX_LENGTH, key_digest, new_key

# Noting each use would be a write per request.
_USE_NOTED_EVERY = timedelta(minutes=1)
_KEY = CompiledQuery(
    lambda digest: ApiKey.objects.filter(digest=digest).select_related("user").order_by(), texts="digest"
)


@transaction.atomic
def key_create(*, user: User, name: str, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """Make a key for `user` and return it with its secret, which is not kept and cannot be shown again."""
    secret = new_key()
    key = ApiKey.objects.create(
        user=user, name=name, prefix=secret[:PREFIX_LENGTH], digest=key_digest(secret), expires_at=expires_at
    )
    return key, secret


def key_authenticate(*, secret: str) -> ApiKey | None:
    """Return the valid key with this secret, with its user, or None; notes the use once a minute."""
    now = timezone.now()
    key = _KEY.first(digest=key_digest(secret))
    if key is None or not key.user.is_active or key.revoked_at is not None:
        return None
    if key.expires_at is not None and key.expires_at <= now:
        return None
    if key.last_used_at is None or key.last_used_at < now - _USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def key_revoke(*, key: ApiKey) -> None:
    """Make a key useless from now on; revoking it again changes nothing."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
