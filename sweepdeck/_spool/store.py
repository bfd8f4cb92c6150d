"""Where the segments of one run are: a folder on disk, and memory once the disk fails."""

import re
from pathlib import Path

from sweepdeck import _console
from sweepdeck._spool.segment import FileSegment, MemorySegment, Segment

MEMORY_BYTES = 64 * 2**20
SEGMENT_BYTES = 64 * 2**20
_NAME = re.compile(r"(\w+)-(\d{6,})\.log")


class Store:
    """Makes the segments and counts what they take.

    A disk that is full or read-only is left for memory, of which there is less, and which is lost with the process
    unless the disk takes it at the end; `folder` is None where there was no disk from the beginning. With `must_last`
    no server takes anything before the process ends.
    """

    def __init__(self, folder: Path | None, max_bytes: int, *, must_last: bool = False) -> None:
        self._folder, self._max_bytes, self._must_last = folder, max_bytes, must_last
        self._segments: set[Segment] = set()
        self.has_disk = folder is not None

    @property
    def max_bytes(self) -> int:
        """How many bytes all segments together may take."""
        return self._max_bytes if self.has_disk else min(self._max_bytes, MEMORY_BYTES)

    @property
    def segment_bytes(self) -> int:
        """The size at which a segment is full: small enough that room comes back in several pieces."""
        return min(SEGMENT_BYTES, max(1, self.max_bytes // 8))

    @property
    def has_room(self) -> bool:
        """Tell whether another segment may be begun."""
        counted = [segment.size for segment in list(self._segments) if segment.is_durable == self.has_disk]
        return sum(counted) + self.segment_bytes <= self.max_bytes

    def create(self, name: str, number: int) -> Segment:
        """Return a new segment of the journal `name`, in memory where the disk takes none."""
        segment: Segment | None = None
        if self.has_disk and self._folder is not None:
            try:
                segment = FileSegment(self._folder / f"{name}-{number:06}.log", number, is_new=True)
            except OSError as error:
                self.leave_disk(error)
        segment = segment or MemorySegment(number)
        self._segments.add(segment)
        return segment

    def keep(self, name: str, segment: Segment) -> Segment | None:
        """Write a segment in memory to the disk and return it as it is there; None where the disk does not take it."""
        if self._folder is None:
            return None
        path = self._folder / f"{name}-{segment.number:06}.log"
        try:
            kept = FileSegment(path, segment.number, is_new=True)
            try:
                kept.write(segment.read(0, segment.size))
            except OSError:
                kept.remove()
                return None
        except OSError:
            return None
        self.remove(segment)
        self._segments.add(kept)
        return kept

    def found(self, name: str) -> list[Segment]:
        """Return the segments that an earlier process has left of the journal `name`, the oldest first."""
        if self._folder is None:
            return []
        matches = [(path, _NAME.fullmatch(path.name)) for path in self._folder.iterdir()]
        numbers = sorted((int(match[2]), path) for path, match in matches if match and match[1] == name)
        segments: list[Segment] = [FileSegment(path, number, is_new=False) for number, path in numbers]
        self._segments.update(segments)
        return segments

    def remove(self, segment: Segment) -> None:
        """Give the space of a segment back."""
        self._segments.discard(segment)
        segment.remove()

    def close(self) -> None:
        """Close all files."""
        for segment in list(self._segments):
            segment.seal()
            segment.rest()

    def leave_disk(self, error: OSError) -> None:
        """Keep what follows in memory, and say so."""
        if self.has_disk:
            self.has_disk = False
            where, most = f"{self._folder}: {error.strerror}", f"at most {MEMORY_BYTES // 2**20} MB"
            if self._must_last:
                _console.warn(
                    f"the disk takes no more of this offline run ({where}): what it logs from now on is in memory, "
                    f"{most}, and is LOST when the process ends, unless there is room again by then"
                )
            else:
                _console.warn(f"rows wait in memory, {most}: {where}")
