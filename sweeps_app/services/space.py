"""Space that deleted and merged rows have left is given back to the file system, a little at a time."""

import time

from django.db import connection, transaction

from sweeps_app.config.sqlite.base import SHRINKABLE

# Pages that stay free for what comes next: 4 MB, so that a busy server does not give back what it asks for again.
KEEP_PAGES = 1024
STEP_PAGES = 1024


def space_give_back(*, seconds: float = 5.0) -> int:
    """Shrink the SQLite file by pages that nothing uses, for at most about `seconds`; return how many bytes that were.

    Writers get their turn between the steps. PostgreSQL reuses space by itself, and so gives back none here; nor does a
    file that was made before the server kept it shrinkable: `manage.py compact` makes it so.
    """
    if connection.vendor != "sqlite" or _pragma("auto_vacuum") != 2:
        return 0
    until, before = time.monotonic() + seconds, _pragma("page_count")
    while (free := _pragma("freelist_count")) > KEEP_PAGES and time.monotonic() < until:
        began = time.monotonic()
        _step(min(free - KEEP_PAGES, STEP_PAGES))
        if _pragma("freelist_count") >= free:
            break
        time.sleep(time.monotonic() - began)
    return max(before - _pragma("page_count"), 0) * _pragma("page_size")


def database_compact(*, full: bool = False) -> None:
    """Rewrite the database without the space that nothing uses; to be called outside of any transaction.

    SQLite is written anew, which needs as much free disk and keeps writers waiting. PostgreSQL marks the space for
    reuse beside its work, and with `full` gives it back under locks that keep everybody waiting.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(SHRINKABLE)
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM (FULL, ANALYZE)" if full else "VACUUM (ANALYZE)")


@transaction.atomic
def _step(pages: int) -> None:
    with connection.cursor() as cursor:
        # Each row that is fetched frees a page.
        cursor.execute(f"PRAGMA incremental_vacuum({pages})")
        cursor.fetchall()


def _pragma(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return int(cursor.fetchone()[0])
