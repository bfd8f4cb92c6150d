"""The API keys of a person."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from sweeps_app.models import ApiKey, User


def valid_keys(user: User) -> QuerySet[ApiKey]:
    """Return the keys of `user` that work, newest first."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ApiKey.objects.filter(unexpired, user=user, revoked_at=None).order_by("-created_at", "-pk")


def ended_keys(user: User) -> QuerySet[ApiKey]:
    """Return the keys of `user` that were revoked or have expired, newest first."""
    ended = Q(revoked_at__isnull=False) | Q(expires_at__lte=timezone.now())
    return ApiKey.objects.filter(ended, user=user).order_by("-created_at", "-pk")
