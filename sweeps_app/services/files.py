"""Files of runs: put, replace, delete."""

import mimetypes
import re
import secrets
from functools import partial
from typing import IO, NamedTuple

from django.db import transaction

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, Run, RunFile
from sweeps_app.services.liveness import run_locked
from sweeps_app.services.objects import object_write, objects_remove

MAX_PATH = 500
MAX_CONTENT_TYPE = 100
ANY_TYPE = "application/octet-stream"
_FORBIDDEN = re.compile("[\\\\\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTENT_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:[ \t]*;[\t\x20-\x7e]*)?", re.ASCII)
# Those that Python knows everywhere, not those of the machine, and what runs often keep besides.
_TYPES = mimetypes.MimeTypes()
for _kind, _endings in {
    "application/yaml": (".yaml", ".yml"),
    "application/toml": (".toml",),
    "application/json": (".ipynb",),
    "text/plain": (".log",),
    "text/markdown": (".md",),
    "image/webp": (".webp",),
    "image/avif": (".avif",),
}.items():
    for _ending in _endings:
        _TYPES.add_type(_kind, _ending)
_COMPRESSED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


class Upload(NamedTuple):
    """The bytes of a file, open at their beginning, their number, and their SHA-256 in hexadecimal digits."""

    content: IO[bytes]
    size: int
    digest: str


def file_put(*, run: Run, path: str, upload: Upload, content_type: str = "") -> tuple[RunFile, bool]:
    """Store a file under a path of the run, in place of what was there; return it, and whether the path is new.

    The same bytes of the same type again change nothing. Without `content_type` the name tells it. Raises
    `InvalidInput` for a path or type that cannot be, and `StorageFailed`; what was there stays then.
    """
    checked_path(path)
    kind = checked_type(content_type) or _guessed_type(path)
    before = RunFile.objects.filter(run=run, path=path).first()
    if before is not None and _is_same(before, upload, kind):
        return before, False
    name = object_name(run, upload.digest)
    object_write(name, upload.content)
    try:
        return _name_object(run, path, upload, kind, name)
    except BaseException:
        objects_remove([name])
        raise


@transaction.atomic
def file_delete(*, run: Run, path: str) -> bool:
    """Remove a file of a run; return whether it was there."""
    locked = run_locked(run, "project_id")
    file = RunFile.objects.filter(run=locked, path=path).first()
    if file is None:
        return False
    file.delete()
    _changed(locked)
    transaction.on_commit(partial(objects_remove, [file.content]), robust=True)
    return True


def checked_path(path: str) -> str:
    """Return the path of a file as it is; raises `InvalidInput` for one that no file can have."""
    if not 1 <= len(path) <= MAX_PATH:
        raise InvalidInput.of("path", f"must have 1 to {MAX_PATH} characters")
    if _FORBIDDEN.search(path):
        raise InvalidInput.of("path", "holds a backslash or a control character: use letters, and / between folders")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise InvalidInput.of("path", "has a part that is empty, '.' or '..': name each folder")
    return path


@transaction.atomic
def _name_object(run: Run, path: str, upload: Upload, kind: str, name: str) -> tuple[RunFile, bool]:
    """Let the row of a path name an object; the one that it named goes after the commit."""
    locked = run_locked(run, "project_id")
    before = RunFile.objects.filter(run=locked, path=path).first()
    file = before or RunFile(run=locked, path=path)
    if before is not None:
        transaction.on_commit(partial(objects_remove, [before.content]), robust=True)
    file.size, file.digest, file.content_type, file.content = upload.size, upload.digest, kind, name
    file.save()
    _changed(locked)
    return file, before is None


def _changed(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(change=Project.next_cursor(run.project_id))


def _is_same(file: RunFile, upload: Upload, kind: str) -> bool:
    return (file.digest, file.size, file.content_type) == (upload.digest, upload.size, kind)


def object_name(run: Run, digest: str) -> str:
    """Return the name of a new object; no two rows share one, so that it can go with its row."""
    project = run.project
    return f"{project.entity_id}/{project.pk}/{run.pk}/{digest}-{secrets.token_hex(8)}"


def _guessed_type(path: str) -> str:
    kind, coding = _TYPES.guess_type(path.rpartition("/")[2])
    return (kind if coding is None else _COMPRESSED.get(coding)) or ANY_TYPE


def checked_type(given: str) -> str:
    """Return a media type as it is, empty where none is given; raises `InvalidInput` for what is none."""
    if given and (len(given) > MAX_CONTENT_TYPE or not _CONTENT_TYPE.fullmatch(given)):
        raise InvalidInput.of(
            "Content-Type", f"must be a media type such as image/png of at most {MAX_CONTENT_TYPE} characters"
        )
    return given
