"""What a job's program prints: cut into lines as a terminal would show them, hidden where it is secret, bounded."""

import time
from collections.abc import Callable

from sweepdeck._output.limit import Limit
from sweepdeck._output.lines import Lines
from sweeps_app.services.job_console import Printed

# What may come in an hour; of more the newest is kept.
MAX_BYTES = 20_000_000


class JobOutput:
    """Takes text as it comes, and gives lines with their numbers; `stdout` and `stderr` come as one."""

    def __init__(self, first_line: int) -> None:
        self._next = first_line
        self._mask: Callable[[str], str] = str
        self._lines = Lines()
        self._ready: list[tuple[float, str, str]] = []
        self._limit = Limit(lambda *line: self._ready.append(line), MAX_BYTES)

    def hide(self, mask: Callable[[str], str]) -> None:
        """From now on pass each line through `mask`."""
        self._mask = mask

    def say(self, text: str) -> None:
        """Add a line of the worker's own."""
        self._limit.take((time.time(), "stderr", self._mask(text)))

    def feed(self, text: str) -> None:
        """Take in what was printed."""
        now = time.time()
        self._take(self._lines.feed(text, now), now)

    def end(self) -> None:
        """Take an unfinished line as a line, and what waits for room."""
        self._take(self._lines.rest(), time.time())
        self._limit.flush()

    def printed(self) -> Printed:
        """Return the lines that are not stored yet, also those of bars that stand still."""
        now = time.time()
        self._take(self._lines.due(now), now)
        self._limit.tick(now)
        return Printed(self._next, tuple(self._ready))

    def stored(self, printed: Printed) -> None:
        """Note that lines need not be sent again."""
        self._ready = self._ready[len(printed.lines) :]
        self._next += len(printed.lines)

    def _take(self, lines: list[str], now: float) -> None:
        for line in lines:
            self._limit.take((now, "stdout", self._mask(line)))
