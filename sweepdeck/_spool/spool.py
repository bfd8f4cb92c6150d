"""The spool of one run: what the script logs and changes goes in, what the server takes comes out."""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sweepdeck import _console
from sweepdeck._amount import Amount
from sweepdeck._errors import UsageError
from sweepdeck._settings import Settings
from sweepdeck._spool.channel import Channel
from sweepdeck._spool.files import FileList
from sweepdeck._spool.folder import Folder
from sweepdeck._spool.progress import Progress
from sweepdeck._spool.records import CONFIG, DETAILS, ENDING, SUMMARY, framed_json
from sweepdeck._spool.store import Store
from sweepdeck._spool.stream import CONSOLE, HISTORY, KINDS, SYSTEM, Kind, NoStream, Stream

MEGABYTE = 10**6


class Spool:
    """The streams, changes and the end of a run, on disk, or in memory where the disk fails; used by all threads.

    `end_is_lost` tells, once the spool was left, that the disk has not taken how the run ended.

    `history` is the stream of what is logged, which changes and end are told with, `console` that of what is printed,
    `system` that of what the machine does; `files` notes files. `meta` says what the run is, `wake` is called when the
    sender had better hurry, and `before_sending` by the sender now and then, for what waits for its time.
    """

    _stream: type[Stream] = Stream

    def __init__(
        self, folder: Folder | None, meta: Mapping[str, Any], max_bytes: int, *, is_checked: bool = False
    ) -> None:
        self.wake: Callable[[], object] = lambda: None
        self.before_sending: Callable[[], object] = lambda: None
        self.folder, self.meta = folder, dict(meta)
        self.files = FileList(folder.path if folder else None)
        self._store = Store(folder.path if folder else None, max_bytes, must_last=self.is_offline)
        self._streams = [self._stream(kind, self._store, lambda: self.wake()) for kind in KINDS]
        self.history, self.console, self.system = map(self.stream, (HISTORY, CONSOLE, SYSTEM))
        self._is_checked = is_checked
        self.end_is_lost = False

    @classmethod
    def begin(cls, meta: Mapping[str, Any], *, must_last: bool = False) -> "Spool":
        """Make the spool of a run that begins; where the disk takes none it is in memory, and that is said.

        With `must_last` it has to outlive the process: `UsageError` where it cannot.
        """
        settings = Settings.from_environment()
        folder = None
        try:
            folder = Folder.create(settings.spool_dir.expanduser(), {"began_at": time.time(), **meta})
        except (OSError, RuntimeError) as error:
            if must_last:
                raise UsageError(
                    f"the run cannot be kept on this machine: {error}. SWEEPDECK_SPOOL_DIR names another folder."
                ) from None
            _console.warn_once("spool", f"rows wait in memory, since no folder can be made for them: {error}")
        return cls(folder, meta, settings.spool_max_mb * MEGABYTE)

    @classmethod
    def open(cls, path: Path) -> "Spool":
        """Take over what an earlier process has left. Raises `InUse`, `Unreadable` or `OSError`."""
        folder = Folder.open(path)
        return cls(folder, folder.meta, sys.maxsize, is_checked=True)

    def note(self, changes: Mapping[str, Any]) -> None:
        """Change what the folder says about the run. Raises `OSError`."""
        self.meta |= changes
        if self.folder is not None:
            self.folder.write_meta(changes)

    @property
    def is_offline(self) -> bool:
        """Tell whether no server is told of the run while its process lives."""
        return self.meta.get("mode") == "offline"

    @property
    def is_durable(self) -> bool:
        """Tell whether what is in the spool outlives the process."""
        return self.folder is not None and self._store.has_disk

    def block(self, is_blocked: bool = True) -> None:
        """Drop rows that find no room instead of waiting for it, since the server takes none at present, or again."""
        for stream in self._streams:
            stream.journal.is_blocked = is_blocked

    @property
    def amount(self) -> Amount:
        """How much this process has put in."""
        return Amount(self.history.rows, self.console.rows)

    def stream(self, kind: Kind) -> Stream:
        """Return the stream of a kind."""
        return self._streams[KINDS.index(kind)]

    def channels(self) -> list[Channel]:
        """Return what has to be sent, stream by stream, the history first."""
        return [self._channel(stream) for stream in self._streams]

    def change_config(self, values: Mapping[str, Any]) -> None:
        """Note changes of the run's configuration."""
        self._change(CONFIG, values)

    def change_details(self, values: Mapping[str, Any]) -> None:
        """Note changes of the run's name, tags and the like."""
        self._change(DETAILS, values)

    def change_summary(self, values: Mapping[str, Any]) -> None:
        """Note what the script sets in the summary."""
        self._change(SUMMARY, values)

    def end(self, ending: Mapping[str, Any]) -> None:
        """Note how the run ends; nothing is taken afterwards."""
        self._tell(ENDING, ending)
        self._close_journals()

    def leave(self) -> Amount:
        """Keep what is there for another process to send, and close all files.

        Return how much is lost, as it is in memory and the disk does not take it; the folder says so, too.
        """
        self._close_journals()
        lost = Amount() if self.is_durable else self._keep()
        self._store.close()
        if self.folder is not None:
            if lost.rows:
                with suppress(OSError):  # the disk is full
                    self.note({"lost": lost.rows})
            self.folder.leave()
        return lost

    def remove(self) -> None:
        """Delete the spool, of which the server has everything."""
        self._close()
        if self.folder is not None:
            self.folder.remove()

    def forget_in_child(self) -> None:
        """Let go of the lock in a forked child, which would keep it beyond the parent's end."""
        if self.folder is not None:
            with suppress(OSError):
                self.folder.leave()

    def _keep(self) -> Amount:
        """Write what is in memory to the disk, which may have room again, and return how much it does not take."""
        before = self._waiting()
        kept = [stream.journal.keep() for stream in self._streams]
        self.end_is_lost = not kept[KINDS.index(HISTORY)]
        after = self._waiting()
        return Amount(before.rows - after.rows, before.lines - after.lines)

    def _waiting(self) -> Amount:
        return Amount(self._channel(self.history).count_left(), self._channel(self.console).count_left())

    def _change(self, kind: int, values: Mapping[str, Any]) -> None:
        if values:
            self._tell(kind, values)

    def _tell(self, kind: int, values: Mapping[str, Any]) -> None:
        self.history.journal.put(framed_json(kind, dict(values)), must=True)

    def _channel(self, stream: Stream) -> Channel:
        kind = stream.kind
        progress = Progress(self.folder.path / f"{kind.name}.json" if self.folder else None)
        return Channel(
            stream.journal,
            progress,
            kind=kind,
            base=self.meta.get(kind.base, 0),
            is_checked=self._is_checked,
        )

    def _close(self) -> None:
        self._close_journals()
        self._store.close()

    def _close_journals(self) -> None:
        for stream in self._streams:
            stream.journal.close()


class NoSpool(Spool):
    """Takes everything and keeps nothing: the spool of a disabled run."""

    _stream = NoStream

    def __init__(self) -> None:
        super().__init__(None, {}, 0)

    def _tell(self, kind: int, values: Mapping[str, Any]) -> None:
        """Do nothing."""
