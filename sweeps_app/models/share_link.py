"""Links that show a sweep to people without an account: only a hash of each token is kept."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from sweeps_app.models.identifiers import new_id
from sweeps_app.models.sweep import Sweep

_TOKEN_BYTES = 32


def new_token() -> str:
    """Return a fresh secret of 256 bits, as 43 characters that may stand in an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


class ShareLink(models.Model):
    """An address that shows one sweep, and nothing else, to whoever knows it.

    `digest` is that of the token (`models.key.key_digest`). Without `expires_at` it works until it is revoked. `uses`
    counts how often it was opened. It shows what `created_by` may see: it ends with that.
    """

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="share_links")
    share_id = models.CharField(max_length=8, default=new_id)
    name = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="share_links")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    uses = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sweep", "share_id"], name="share_id_once"),
            models.UniqueConstraint(
                fields=["sweep", "created_by", "request_id"], condition=~Q(request_id=""), name="share_request_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")), name="share_lasts"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.share_id
