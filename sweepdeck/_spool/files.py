"""Which files of a run wait to be sent, in a file of the spool that a later process can go on from."""

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LIST, _KEPT = "files.jsonl", "files"
LIVE = "live"


@dataclass(frozen=True)
class FileEntry:
    """A file by its path in the run; `source` is where its bytes are read, `is_kept` where that is in the spool."""

    path: str
    source: Path
    policy: str
    is_kept: bool = False


class FileList:
    """Notes files as they come and as they are sent. Without a folder it notes nothing, and keeps no bytes.

    The caller sees to it that one thread at a time is in here.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._count = 0

    def add(self, path: str, source: Path, policy: str, *, copy: bool) -> FileEntry:
        """Note a file, and keep its bytes by a link where the file system can, else by a copy if wanted.

        A file that is sent again when it changes is not kept, but read where it is. Raises `OSError` where a copy
        cannot be made.
        """
        entry = FileEntry(path, source, policy)
        if policy == "now" and self._folder is not None:
            kept = self._place()
            try:
                os.link(source.resolve(), kept)
                entry = FileEntry(path, kept, policy, is_kept=True)
            except OSError:
                if copy:
                    shutil.copyfile(source, kept)
                    entry = FileEntry(path, kept, policy, is_kept=True)
        self._note({"path": path, "source": str(entry.source), "policy": policy, "is_kept": entry.is_kept})
        return entry

    def write(self, path: str, content: bytes) -> FileEntry:
        """Keep bytes as a file of the run. Raises `OSError` where there is no disk to keep them on."""
        if self._folder is None:
            raise OSError("there is no folder for files")
        kept = self._place()
        kept.write_bytes(content)
        self._note({"path": path, "source": str(kept), "policy": "now", "is_kept": True})
        return FileEntry(path, kept, "now", is_kept=True)

    def sent(self, entry: FileEntry) -> None:
        """The server has the file, or will never take it."""
        self._note({"path": entry.path, "source": str(entry.source), "sent": True})
        if entry.is_kept:
            with suppress(OSError):
                entry.source.unlink(missing_ok=True)

    def unsent(self) -> list[FileEntry]:
        """Return what an earlier process has left."""
        waiting: dict[str, FileEntry] = {}
        for noted in self._noted():
            path, source = noted["path"], Path(noted["source"])
            if "sent" not in noted:
                waiting[path] = FileEntry(path, source, noted["policy"], noted["is_kept"])
            elif path in waiting and waiting[path].source == source:
                del waiting[path]
        return list(waiting.values())

    def _place(self) -> Path:
        assert self._folder is not None  # noqa: S101 (for the type checker)
        kept = self._folder / _KEPT
        kept.mkdir(exist_ok=True, mode=0o700)
        self._count += 1
        return kept / f"{self._count:06}"

    def _note(self, what: Mapping[str, Any]) -> None:
        """Append a line; a disk that takes no more costs what a later process could have sent."""
        if self._folder is not None:
            with suppress(OSError), (self._folder / _LIST).open("a") as file:
                file.write(f"{json.dumps(what)}\n")

    def _noted(self) -> list[dict[str, Any]]:
        if self._folder is None:
            return []
        found = []
        with suppress(OSError):
            for line in (self._folder / _LIST).read_text().split("\n"):
                with suppress(ValueError):  # a line that a crash has torn
                    found.append(json.loads(line))
        return found
