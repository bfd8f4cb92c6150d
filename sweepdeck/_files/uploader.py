"""The thread that sends the files of a run, one after another."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import quote

from sweepdeck import _console
from sweepdeck._api import LONGEST_PAUSE, Client, is_temporary, retry_after
from sweepdeck._backoff import Backoff
from sweepdeck._errors import ApiError, CommError
from sweepdeck._spool.files import LIVE, FileEntry

LOOK_SECONDS = 10.0
# A file that changes while it is sent gets so many attempts.
CHANGED_ATTEMPTS, CHANGED_SECONDS = 5, 1.0
DIGEST_HEADER = "X-Content-SHA256"

Look = tuple[int, int]


class Uploader:
    """Sends each file until the server has it or refuses it; `settled` is called, in the thread, with those.

    A "live" file is looked at every ten seconds and sent again when it has changed; it is settled at the end. What the
    server has already of a file is not sent again. With `attempts` it gives up after so many failures.
    """

    def __init__(
        self, client: Client, run_path: str, settled: Callable[[FileEntry], object], *, attempts: int | None = None
    ) -> None:
        self.refused = 0
        self._client, self._path, self._settled, self._attempts = client, run_path, settled, attempts
        self._changed = threading.Condition()
        self._waiting: dict[str, FileEntry] = {}
        self._live: dict[str, FileEntry] = {}
        self._sent: dict[str, tuple[str, Look | None]] = {}
        self._tries: dict[str, int] = {}
        self._backoff = Backoff(LONGEST_PAUSE)
        self._is_finishing = self._is_over = False
        self._thread: threading.Thread | None = None

    @property
    def left(self) -> int:
        """How many files wait."""
        return len(self._waiting)

    def put(self, entry: FileEntry) -> None:
        """Send a file, in the place of one that waits under its path."""
        with self._changed:
            self._waiting[entry.path] = entry
            self._live.pop(entry.path, None)
            if entry.policy == LIVE:
                self._live[entry.path] = entry
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sweepdeck-files", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def finish(self) -> None:
        """Look at live files for the last time."""
        with self._changed:
            self._is_finishing = True
            for path, entry in self._live.items():
                self._waiting.setdefault(path, entry)
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until no file is left or nothing more is sent; tell whether it was within `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting or self._is_over, seconds)

    def abandon(self) -> None:
        """Send no more."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _work(self) -> None:
        while not self._is_over:
            entry = self._next()
            if entry is None:
                continue
            try:
                self._send(entry)
            except CommError as error:
                self._handle(entry, error)
            except OSError as error:
                self._refuse(entry, f"cannot be read: {error}")

    def _next(self) -> FileEntry | None:
        """Return the file to be sent now; None after a wait."""
        with self._changed:
            if not self._waiting and not self._is_over:
                self._changed.wait(LOOK_SECONDS if self._live else None)
                for path, entry in self._live.items():
                    if _look(entry.source) not in (None, self._sent.get(path, ("", None))[1]):
                        self._waiting.setdefault(path, entry)
                return None
            return next(iter(self._waiting.values()), None)

    def _send(self, entry: FileEntry) -> None:
        look, (sent, sent_look) = _look(entry.source), self._sent.get(entry.path, ("", None))
        if look is None or look != sent_look:
            with entry.source.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                if digest != sent:
                    size = file.seek(0, 2)
                    file.seek(0)
                    place = f"{self._path}/files/{quote(entry.path, safe='/')}"
                    self._client.send_file(place, _Exactly(file, size), size, {DIGEST_HEADER: digest})
            self._sent[entry.path] = digest, look
        self._backoff.reset()
        self._settle(entry)

    def _handle(self, entry: FileEntry, error: CommError) -> None:
        if isinstance(error, ApiError) and any(problem[0] == DIGEST_HEADER for problem in error.problems):
            self._tries[entry.path] = self._tries.get(entry.path, 0) + 1
            if self._tries[entry.path] >= CHANGED_ATTEMPTS:
                self._refuse(entry, "changes while it is sent")
            else:
                self._pause(CHANGED_SECONDS)
        elif isinstance(error, ApiError) and (error.is_refusal or error.status in (404, 405)):
            self._refuse(entry, f"was refused by the server: {error}")
        elif is_temporary(error) and self._backoff.attempts != self._attempts:
            self._pause(self._backoff.next_delay(retry_after(error)))
        else:
            _console.warn_once(f"{self._path} files", f"files of this run cannot be sent: {error}")
            self.abandon()

    def _refuse(self, entry: FileEntry, reason: str) -> None:
        self.refused += 1
        _console.warn_once(f"{self._path} file {entry.path}", f"file {entry.path} {reason}")
        self._sent[entry.path] = "", _look(entry.source)
        self._settle(entry)

    def _settle(self, entry: FileEntry) -> None:
        with self._changed:
            self._tries.pop(entry.path, None)
            if self._is_finishing or entry.policy != LIVE:
                self._settled(entry)
            if self._waiting.get(entry.path) is entry:
                del self._waiting[entry.path]
            self._changed.notify_all()

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_over, seconds)


class _Exactly:
    """Reads just as many bytes as the server was told of, of a file that may grow meanwhile."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size

    def read(self, count: int = -1) -> bytes:
        data = self._file.read(self._left if count < 0 else min(count, self._left))
        self._left -= len(data)
        return data


def _look(path: Path) -> Look | None:
    """Return what changes with a file, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
