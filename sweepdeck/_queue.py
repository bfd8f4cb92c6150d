"""Encoded rows that wait to be sent, in bounded memory."""

import threading
from collections import deque
from dataclasses import dataclass

MAX_BYTES = 64 * 2**20
MAX_ROW_BYTES = 8 * 2**20
BATCH_ROWS = 10_000
WAKE_ROWS = 1_000


@dataclass(frozen=True)
class Batch:
    """Rows to be sent together: the JSON of each."""

    rows: list[str]

    @property
    def size(self) -> int:
        """Length of the rows in characters."""
        return sum(map(len, self.rows))


class RowQueue:
    """A first-in-first-out queue of rows; `wake` is set when it is worth sending at once.

    While the server takes rows, a full queue makes `put` wait for room, so that a loop that logs faster than the
    server stores loses nothing. While it does not (`is_blocked`), rows are dropped and counted.
    """

    def __init__(self, wake: threading.Event, max_bytes: int = MAX_BYTES) -> None:
        self.dropped = 0
        self.is_blocked = False
        self.is_closed = False
        self._wake = wake
        self._max_bytes = max_bytes
        self._rows: deque[str] = deque()
        self._bytes = 0
        self._room = threading.Condition()

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, row: str) -> bool:
        """Append a row; return False where it had to be dropped."""
        with self._room:
            while self._bytes + len(row) > self._max_bytes and self._rows:
                if self.is_blocked or self.is_closed:
                    self.dropped += 1
                    return False
                self._wake.set()
                self._room.wait(0.1)
            if self.is_closed:
                return False
            self._rows.append(row)
            self._bytes += len(row)
        if len(self._rows) == WAKE_ROWS:
            self._wake.set()
        return True

    def head(self, max_bytes: int) -> Batch:
        """Return the oldest rows without removing them: at least one if there is any, at most `max_bytes`."""
        chosen: list[str] = []
        size = 0
        with self._room:
            for row in self._rows:
                size += len(row)
                if chosen and (size > max_bytes or len(chosen) == BATCH_ROWS):
                    break
                chosen.append(row)
        return Batch(chosen)

    def drop_head(self, batch: Batch) -> None:
        """Remove rows that `head` returned, once the server has them."""
        with self._room:
            for row in batch.rows:
                self._rows.popleft()
                self._bytes -= len(row)
            self._room.notify_all()

    def drop(self, index: int) -> None:
        """Remove the row at a place counted from the oldest."""
        with self._room:
            self._bytes -= len(self._rows[index])
            del self._rows[index]
            self._room.notify_all()

    def close(self) -> int:
        """Take no more rows, forget the waiting ones and return how many these were."""
        with self._room:
            self.is_closed = True
            left = len(self._rows)
            self._rows.clear()
            self._bytes = 0
            self._room.notify_all()
        return left
