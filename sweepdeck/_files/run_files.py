"""The files of one run, from `save()` to the server, or to the spool where no server is asked."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from sweepdeck._errors import UsageError
from sweepdeck._files.paths import matches, problem_of
from sweepdeck._files.uploader import Uploader
from sweepdeck._spool.files import LIVE, FileEntry, FileList

POLICIES = ("now", "end", LIVE)


class RunFiles:
    """Takes files from all threads. `warn` is called with a key and a message.

    Without `start_uploader`, which makes what sends them, they stay in the spool.
    """

    def __init__(
        self,
        files: FileList,
        warn: Callable[[str, str], None],
        start_uploader: Callable[[Callable[[FileEntry], object]], Uploader] | None = None,
    ) -> None:
        self._files, self._warn = files, warn
        self._lock = threading.RLock()
        self._later: dict[str, FileEntry] = {}
        self._kept: set[str] = set()
        self._uploader = start_uploader(files.sent) if start_uploader is not None else None

    @property
    def left(self) -> int:
        """How many files were not sent."""
        return len(self._later) + (len(self._kept) if self._uploader is None else self._uploader.left)

    @property
    def refused(self) -> int:
        """How many files could not be read, or were refused by the server."""
        return 0 if self._uploader is None else self._uploader.refused

    def save(self, given: str | os.PathLike[str], base_path: str | os.PathLike[str] | None, policy: str) -> list[str]:
        """Take in what a path or pattern means and return the paths in the run. Raises `UsageError`."""
        if policy not in POLICIES:
            raise UsageError(f"policy is one of {', '.join(POLICIES)}, not {policy!r}")
        found = matches(given, base_path)
        if not found:
            self._warn(f"save {given}", f"save({os.fspath(given)!r}) finds no file")
        with self._lock:
            return [path for path, source in found.items() if self._take(path, source, policy)]

    def write(self, path: str, content: bytes) -> None:
        """Take in bytes as a file of the run. Raises `OSError` where they cannot be kept."""
        with self._lock:
            self._pass_on(self._files.write(path, content))

    def take_over(self) -> int:
        """Send what an earlier process has left, and return how many files that is."""
        entries = self._files.unsent()
        for entry in entries:
            self._pass_on(entry)
        return len(entries)

    def finish(self) -> None:
        """Take in what was to wait for the end, and look at live files for the last time."""
        with self._lock:
            later, self._later = self._later, {}
            for path, entry in later.items():
                self._take(path, entry.source, "now")
        if self._uploader is not None:
            self._uploader.finish()

    def wait(self, seconds: float) -> bool:
        """Wait until the files are sent or given up; tell whether it was within `seconds`."""
        return self._uploader is None or self._uploader.wait(seconds)

    def abandon(self) -> None:
        """Send no more."""
        if self._uploader is not None:
            self._uploader.abandon()

    def _take(self, path: str, source: Path, policy: str) -> bool:
        if problem := problem_of(path):
            self._warn(f"save {path}", f"file {path!r} is left out: its path {problem}")
            return False
        try:
            entry = self._files.add(path, source.absolute(), policy, copy=self._uploader is None)
        except OSError as error:
            self._warn(f"save {path}", f"file {path} is left out: it cannot be kept: {error}")
            return False
        self._later.pop(path, None)
        # Nothing looks at live files where nothing is sent.
        if policy == "end" or (policy == LIVE and self._uploader is None):
            self._later[path] = entry
        else:
            self._pass_on(entry)
        return True

    def _pass_on(self, entry: FileEntry) -> None:
        if self._uploader is None:
            self._kept.add(entry.path)
        else:
            self._uploader.put(entry)


class NoFiles(RunFiles):
    """Takes everything and keeps nothing: the files of a disabled run."""

    def __init__(self) -> None:
        super().__init__(FileList(None), lambda _key, _message: None)

    def write(self, path: str, content: bytes) -> None:
        """Do nothing."""

    def _take(self, path: str, source: Path, policy: str) -> bool:
        del path, source, policy
        return True
