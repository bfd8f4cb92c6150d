"""Records in order of arrival: appended by the script, read by the sender, given up once the server has them."""

import threading
from collections.abc import Callable

from sweepdeck._spool.segment import Segment
from sweepdeck._spool.shapes import Shape
from sweepdeck._spool.store import Store

# What was sent of a run that goes on is kept so long, for a server that loses its last moment.
KEPT_SEGMENTS = 2


class Journal:
    """The segments of one stream of a run.

    While the server takes rows, a full store makes `put` wait for room (`is_patient`), so that a loop that logs faster
    than the server stores loses nothing. While it does not (`is_blocked`), records are dropped and counted. The last
    part of what was sent is kept while there is room.
    """

    def __init__(self, store: Store, name: str, wake: Callable[[], object], *, is_patient: bool = True) -> None:
        self.lock = threading.RLock()
        self.is_blocked = self.is_closed = False
        self.dropped, self._is_patient = 0, is_patient
        self._room = threading.Condition(self.lock)
        self._store, self._name, self._wake = store, name, wake
        self._segments = {segment.number: segment for segment in store.found(name)}
        self._last = max(self._segments, default=0)
        self._sent = self._full = 0
        self._tail: Segment | None = None

    def put(self, record: bytes, shape: Shape | None = None, *, must: bool = False) -> bool:
        """Append a record; return False where it had to be dropped, which one that `must` be kept is not."""
        with self.lock:
            while True:
                tail = self._tail
                if (tail is None or tail.size >= self._full) and (tail := self._next(must)) is None:
                    self.dropped += 1
                    return False
                data = record
                if shape is not None and shape.segment != tail.number:
                    data = shape.definition + record
                try:
                    tail.write(data)
                except OSError as error:
                    self._store.leave_disk(error)
                    self._seal()
                    continue
                if shape is not None:
                    shape.segment = tail.number
                return True

    def segment(self, number: int) -> Segment | None:
        """Return the segment of that number, or None where it is no longer kept."""
        return self._segments.get(number)

    def numbers(self) -> list[int]:
        """Return the numbers of the segments that are kept, the oldest first."""
        with self.lock:
            return sorted(self._segments)

    def release(self, number: int) -> None:
        """The server has all that lies before segment `number`."""
        with self.lock:
            self._sent = max(self._sent, number)
            sent = self._sent_segments()
            for segment in sent:
                if not segment.is_durable or segment in sent[:-KEPT_SEGMENTS]:
                    self._remove(segment)
            self._room.notify_all()

    def close(self) -> None:
        """Take no more records."""
        with self.lock:
            self.is_closed = True
            self._seal()
            self._room.notify_all()

    def keep(self) -> bool:
        """Write what is in memory to the disk, in order and as far as that takes it again; the rest is given up.

        Return whether it takes all.
        """
        with self.lock:
            self._seal()
            is_taken = True
            for number in sorted(number for number, segment in self._segments.items() if not segment.is_durable):
                kept = self._store.keep(self._name, self._segments[number]) if is_taken else None
                is_taken = kept is not None
                if kept is None:
                    self._remove(self._segments[number])
                else:
                    self._segments[number] = kept
            return is_taken

    def _next(self, must: bool) -> Segment | None:
        """Begin a segment, when there is room; None where its record is to be dropped."""
        self._seal()
        while not self._store.has_room and not must:
            if sent := self._sent_segments():
                self._remove(sent[0])
            elif self.is_blocked or self.is_closed or not self._is_patient:
                return None
            else:
                self._wake()
                self._room.wait(0.1)
        if self.is_closed:
            return None
        self._last += 1
        self._full = self._store.segment_bytes
        self._tail = self._segments[self._last] = self._store.create(self._name, self._last)
        return self._tail

    def _seal(self) -> None:
        if self._tail is not None:
            self._tail.seal()
            self._tail = None

    def _sent_segments(self) -> list[Segment]:
        return [self._segments[number] for number in sorted(self._segments) if number < self._sent]

    def _remove(self, segment: Segment) -> None:
        del self._segments[segment.number]
        self._store.remove(segment)
