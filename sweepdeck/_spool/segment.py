"""One file of records, or memory in its place: written at its end, read anywhere."""

import errno
import os
import threading
from pathlib import Path
from typing import Protocol

_BINARY = getattr(os, "O_BINARY", 0)
_WRITE, _READ = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, os.O_RDONLY | _BINARY


class Segment(Protocol):
    """Bytes that are appended by the threads of the script and read by the sender's; `size` is what can be read."""

    number: int
    size: int
    is_durable: bool

    def write(self, data: bytes) -> None:
        """Append `data` whole or not at all. Raises `OSError`."""

    def read(self, position: int, length: int) -> bytes:
        """Return up to `length` bytes. Raises `OSError`."""

    def rest(self) -> None:
        """Keep nothing open for reading until the next reading."""

    def seal(self) -> None:
        """Write no more."""

    def remove(self) -> None:
        """Give the space back."""


class FileSegment:
    """A file: what was written is there after the process was killed.

    Writer and reader have descriptors of their own, so that neither can close the other's.
    """

    is_durable = True

    def __init__(self, path: Path, number: int, *, is_new: bool) -> None:
        self._path, self.number = path, number
        self._lock = threading.Lock()
        self._reader: int | None = None
        self._writer = os.open(path, _WRITE, 0o600) if is_new else None
        self.size = path.stat().st_size

    def write(self, data: bytes) -> None:
        """Append `data` by one system call; a part that fitted on a full disk is taken back."""
        if self._writer is None:
            raise OSError(errno.EBADF, "the file is closed")
        written = os.write(self._writer, data)
        if written != len(data):
            os.ftruncate(self._writer, os.fstat(self._writer).st_size - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.size += written

    def read(self, position: int, length: int) -> bytes:
        """Return up to `length` bytes from `position` on."""
        length = max(0, min(length, self.size - position))
        with self._lock:
            if self._reader is None:
                self._reader = os.open(self._path, _READ)
            os.lseek(self._reader, position, os.SEEK_SET)
            return os.read(self._reader, length)

    def rest(self) -> None:
        """Keep no descriptor until the next reading."""
        with self._lock:
            if self._reader is not None:
                os.close(self._reader)
                self._reader = None

    def seal(self) -> None:
        """Write no more."""
        if self._writer is not None:
            # An interrupt may have come between writing and counting: the file itself knows its size.
            self.size = os.fstat(self._writer).st_size
            os.close(self._writer)
            self._writer = None

    def remove(self) -> None:
        """Delete the file."""
        self.seal()
        self.rest()
        self._path.unlink(missing_ok=True)


class MemorySegment:
    """Memory, where there is no disk to be had: lost with the process."""

    is_durable = False

    def __init__(self, number: int) -> None:
        self.number, self.size = number, 0
        self._data = bytearray()

    def write(self, data: bytes) -> None:
        """Append `data`."""
        self._data += data
        self.size = len(self._data)

    def read(self, position: int, length: int) -> bytes:
        """Return up to `length` bytes from `position` on."""
        return bytes(self._data[position : position + length])

    def rest(self) -> None:
        """Nothing is open."""

    def seal(self) -> None:
        """Nothing has to be closed."""

    def remove(self) -> None:
        """Free the memory."""
        self._data = bytearray()
        self.size = 0
