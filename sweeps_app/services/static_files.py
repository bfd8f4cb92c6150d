"""Collected static files, brought up to date only when their sources have changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP_FILE = ".sources"
# What libraries bring and no page shows: most of the bytes, and of the seconds that hashing and compressing take.
UNUSED = ("rest_framework", "redoc", "swagger-ui-*.js.map")


def static_files_collect() -> bool:
    """Collect the static files unless exactly these are collected already; return whether it was needed."""
    stamp = Path(settings.STATIC_ROOT) / STAMP_FILE
    wanted = _sources_digest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=list(UNUSED))
    stamp.write_text(wanted)
    return True


def _sources_digest() -> str:
    """Return a digest of every source file's path, size and time of change."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(list(UNUSED)):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
