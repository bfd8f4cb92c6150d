"""The folder of a run's spool: what the run is, a lock that tells whether its process lives, and the journals."""

import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sweepdeck._settings import Settings

try:
    import fcntl
except ImportError:  # Windows: whether a process lives is not known there
    fcntl = None  # type: ignore[assignment]

VERSION = 1
# A folder that is made takes a moment: what is older was left by a process that was killed meanwhile.
UNFINISHED_SECONDS = 3600.0
_META, _LOCK, _NEW = "run.json", "lock", ".new-"


class InUse(Exception):
    """The process that writes the spool lives, or another one sends it."""


class Unreadable(Exception):
    """The folder is no spool, or one of a newer version."""


class Folder:
    """A folder that this process has locked; `meta` is what it says about the run."""

    def __init__(self, path: Path, lock: int | None, meta: dict[str, Any]) -> None:
        self.path, self.meta = path, meta
        self._lock = lock

    @classmethod
    def create(cls, root: Path, meta: Mapping[str, Any]) -> "Folder":
        """Make the folder of a run, which others see whole and locked, or not at all. Raises `OSError`."""
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_unfinished(root)
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{meta['run_id'][:64]}-{secrets.token_hex(3)}"
        hidden = root / f"{_NEW}{name}"
        hidden.mkdir(mode=0o700)
        lock = _locked(hidden)
        whole = dict(meta) | {"version": VERSION}
        (hidden / _META).write_text(json.dumps(whole))
        return cls(hidden.rename(root / name), lock, whole)

    @classmethod
    def open(cls, path: Path) -> "Folder":
        """Take over a folder that no living process uses. Raises `InUse`, `Unreadable` or `OSError`."""
        if not is_spool(path):
            raise Unreadable("is not the spool of a run")
        lock = _locked(path)
        try:
            meta = read_meta(path)
        except BaseException:
            _unlocked(lock)
            raise
        return cls(path, lock, meta)

    def write_meta(self, changes: Mapping[str, Any]) -> None:
        """Change what the folder says about the run. Raises `OSError`."""
        self.meta |= changes
        fresh = self.path / f"{_META}.new"
        fresh.write_text(json.dumps(self.meta))
        fresh.replace(self.path / _META)

    def leave(self) -> None:
        """Let others take the folder over."""
        _unlocked(self._lock)
        self._lock = None

    def remove(self) -> None:
        """Delete the folder with all that it holds."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.leave()


def read_meta(path: Path) -> dict[str, Any]:
    """Return what a folder says about its run. Raises `Unreadable`."""
    try:
        meta = json.loads((path / _META).read_text())
        version = meta["version"]
        _ = meta["run_id"], meta["mode"], meta["rows"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Unreadable(f"is not the spool of a run ({type(error).__name__}: {error})") from None
    if version != VERSION:
        raise Unreadable(f"was written by another version of Sweepdeck ({version})")
    return dict(meta)


def is_spool(path: Path) -> bool:
    """Tell whether a folder is the spool of one run."""
    return (path / _META).is_file()


def folders(root: Path | None = None) -> list[Path]:
    """Return the folders of all runs in `root`, else in the folder that the environment names, the oldest first."""
    with suppress(OSError, RuntimeError):
        where = root or Settings.from_environment().spool_dir.expanduser()
        _remove_unfinished(where)
        return sorted(path for path in where.iterdir() if not path.name.startswith(".") and is_spool(path))
    return []


def _remove_unfinished(root: Path) -> None:
    """Remove what processes have left that were killed while they made a folder."""
    with suppress(OSError):
        for path in root.glob(f"{_NEW}*"):
            if time.time() - path.stat().st_mtime > UNFINISHED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _locked(path: Path) -> int | None:
    if fcntl is None:
        return None
    lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise InUse("is in use") from None
    except OSError:
        os.close(lock)  # a file system without locks
        return None
    return lock


def _unlocked(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)
