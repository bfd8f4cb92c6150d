"""API keys: only a hash is kept."""

import hashlib
import secrets
import string

from django.conf import settings
from django.db import models

# What the wandb client takes, whose older versions insist on it.
KEY_LENGTH = 40
PREFIX_LENGTH = 8
_ALPHABET = string.ascii_letters + string.digits


def new_key() -> str:
    """Return a fresh secret of 40 letters and digits (238 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(KEY_LENGTH))


def key_digest(key: str) -> str:
    """Return the hexadecimal SHA-256 of a key; the key is random, so that no slow hash is needed."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


class ApiKey(models.Model):
    """A secret that lets a script act for a person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=PREFIX_LENGTH, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})" if self.name else f"{self.prefix}…"
