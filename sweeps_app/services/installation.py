"""The first person of an installation, and the files that hold that person's credentials."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from sweeps_app.models import User
from sweeps_app.services.keys import key_create

OWNER = "owner"
CREDENTIALS_FILE = "credentials"
KEY_FILE = "api_key"


@dataclass(frozen=True)
class Installation:
    """Who owns the installation; the secrets are there only at the moment when they are made."""

    owner: User | None
    password: str = ""
    key: str = ""


@transaction.atomic
def installation_prepare(*, folder: Path) -> Installation:
    """Return the installation's owner, making the person, a password and an API key when there is nobody yet.

    The secrets are written to `credentials` and `api_key` in `folder`, readable by their owner only.
    """
    if User.objects.exists():
        admins = User.objects.filter(is_superuser=True, is_active=True)
        return Installation(owner=admins.order_by("pk").first())
    password = secrets.token_urlsafe(12)
    owner = User.objects.create_superuser(OWNER, password=password)
    _, key = key_create(user=owner, name="first key")
    text = f"user: {OWNER}\npassword: {password}\nAPI key: {key}\n"
    write_secret(folder / CREDENTIALS_FILE, text)
    write_secret(folder / KEY_FILE, f"{key}\n")
    return Installation(owner=owner, password=password, key=key)


def write_secret(path: Path, text: str) -> None:
    """Write a file that nobody else can read, not even while it is being written."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text)
