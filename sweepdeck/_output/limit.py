"""How much of a run's output is kept: a program that prints without end fills neither disk nor server."""

from collections import deque
from collections.abc import Callable

LINES_PER_SECOND, SECONDS_AT_ONCE = 5_000, 10
KEPT_LINES, KEPT_SHARE = 1_000, 20
_HOUR = 3600.0

Put = Callable[[float, str, str], None]
Line = tuple[float, str, str]


class Limit:
    """Passes lines on to `put` while there is room; the newest of the others wait, and the middle is left out.

    There is room for 5,000 lines a second, ten seconds of them at once, and for `max_bytes` an hour. Times are seconds
    of the clock that the lines carry.
    """

    def __init__(self, put: Put, max_bytes: int) -> None:
        self._put, self._max_bytes = put, max_bytes
        self._kept_characters = max_bytes // KEPT_SHARE
        self._lines, self._bytes = float(LINES_PER_SECOND * SECONDS_AT_ONCE), float(max_bytes)
        self._filled_at = 0.0
        self._waiting: deque[Line] = deque()
        self._characters = self._left_out = 0

    def take(self, line: Line) -> None:
        """Pass a line on, or keep it for later."""
        size = len(line[2])
        if not self._waiting:
            if self._lines < 1 or self._bytes < size:
                self._refill(line[0])
            if self._lines >= 1 and self._bytes >= size:
                self._pass(line)
                return
        self._waiting.append(line)
        self._characters += size
        while len(self._waiting) > KEPT_LINES or self._characters > self._kept_characters:
            self._characters -= len(self._waiting.popleft()[2])
            self._left_out += 1
        if line[0] - self._filled_at >= 1:
            self.tick(line[0])

    def tick(self, now: float) -> None:
        """Pass on what waits, if there is room for all of it by now."""
        if not self._waiting and not self._left_out:
            return
        self._refill(now)
        if self._lines >= len(self._waiting) and self._bytes >= self._characters:
            self.flush()

    def flush(self) -> None:
        """Pass on what waits, with a line that says how many were left out."""
        lines, left_out = self._waiting, self._left_out
        self._waiting, self._characters, self._left_out = deque(), 0, 0
        if left_out:
            self._put(lines[0][0] if lines else self._filled_at, "stderr", f"… {left_out:,} lines were left out …")
        for line in lines:
            self._pass(line)

    def _pass(self, line: Line) -> None:
        self._lines -= 1
        self._bytes -= len(line[2])
        self._put(*line)

    def _refill(self, now: float) -> None:
        passed = max(0.0, now - self._filled_at) if self._filled_at else 0.0
        self._filled_at = now
        self._lines = min(LINES_PER_SECOND * SECONDS_AT_ONCE, self._lines + passed * LINES_PER_SECOND)
        self._bytes = min(self._max_bytes, self._bytes + passed * self._max_bytes / _HOUR)
