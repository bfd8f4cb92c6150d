"""The storage of files: objects that are written once under a name of their own, read, and removed.

An object is written before the row that names it and removed after that row has gone, so that what the database names
is there. A crash in between leaves an object that nothing names: `objects_tidy` removes those.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, TypeVar

from django.core.files import File
from django.core.files.storage import Storage, storages

from sweeps_app.errors import StorageFailed
from sweeps_app.models import RunFile

# So long at least may an upload take from its object to its row.
GRACE = timedelta(days=1)
_BATCH = 500
_DEPTH = 3  # folders in the name of an object

logger = logging.getLogger(__name__)
Item = TypeVar("Item")


def object_write(name: str, content: IO[bytes]) -> None:
    """Write an object under a name that no other has ever had; raises `StorageFailed`."""
    try:
        _storage().save(name, File(content))
    except Exception as error:  # each storage has errors of its own
        logger.exception("cannot store %s", name)
        raise StorageFailed("the file could not be stored") from error


def object_open(name: str) -> IO[bytes]:
    """Return an object, open to be read; raises `StorageFailed`."""
    try:
        return _storage().open(name)
    except Exception as error:
        logger.exception("cannot open %s", name)
        raise StorageFailed("the file could not be read from its storage") from error


def objects_remove(names: Collection[str]) -> None:
    """Remove objects, as far as the storage lets us: those that stay are found by `objects_tidy`."""
    for name in names:
        try:
            _storage().delete(name)
        except Exception:
            logger.warning("cannot remove %s now; it is tried again later", name, exc_info=True)


def objects_tidy(*, now: datetime) -> int:
    """Remove objects which no row names and that are older than a day at `now`; return how many."""
    removed = 0
    for names in _batches(_names("", _DEPTH)):
        known = set(RunFile.objects.filter(content__in=names).values_list("content", flat=True))
        lost = [name for name in names if name not in known and _is_old(name, now)]
        objects_remove(lost)
        removed += len(lost)
    return removed


def _storage() -> Storage:
    return storages["files"]


def _names(folder: str, depth: int) -> Iterator[str]:
    """Yield the names of all objects; folders that are empty go on the way, where the storage has any."""
    try:
        folders, files = _storage().listdir(folder)
    except FileNotFoundError:
        return  # nothing was ever stored, or somebody else has just tidied up
    if depth == 0:
        yield from (f"{folder}/{name}" for name in files)
    else:
        for inner in folders:
            yield from _names(f"{folder}/{inner}".lstrip("/"), depth - 1)
    if folder and not folders and not files:
        with suppress(OSError):
            _storage().delete(folder)


def _is_old(name: str, now: datetime) -> bool:
    try:
        return _storage().get_modified_time(name) < now - GRACE
    except FileNotFoundError:
        return False


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, _BATCH)):
        yield batch
