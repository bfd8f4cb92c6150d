"""What a run's end still waits for: one line that is rewritten in a terminal, a line now and then in a file."""

import math
import sys
import time
from collections.abc import Callable

from sweepdeck import _console
from sweepdeck._amount import Amount
from sweepdeck._settings import Settings

TERMINAL_SECONDS, FILE_SECONDS = 0.5, 5.0
# The end of a run says what it waits for after this long.
QUIET_SECONDS = 2.0


def wait_and_show(wait: Callable[[float], bool], left: Callable[[], Amount], seconds: float) -> None:
    """Call `wait` with seconds until it returns True, for `seconds` in all; after two, show how much is `left`."""
    deadline = time.monotonic() + seconds
    if wait(min(QUIET_SECONDS, seconds)):
        return
    bound = f" up to {seconds:.0f} s" if seconds < math.inf else ""
    _console.say(f"waiting{bound} for {left()} to reach the server")
    line = ProgressLine(left())
    try:
        while (rest := deadline - time.monotonic()) > 0 and not wait(min(rest, line.interval)):
            line.show(left())
    finally:
        line.end()


class ProgressLine:
    """Shows how much is left of an amount and how fast it goes; `interval` is how often to call `show`, in seconds."""

    def __init__(self, whole: Amount) -> None:
        self._whole, self._began = sum(whole), time.monotonic()
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty() and not Settings.from_environment().silent
        self._shown = 0
        self.interval = TERMINAL_SECONDS if self._is_terminal else FILE_SECONDS

    def show(self, left: Amount) -> None:
        """Say how much is left."""
        rate = max(0, self._whole - sum(left)) / max(time.monotonic() - self._began, 1e-9)
        text = f"{left} left, {rate:,.0f} a second"
        if self._is_terminal:
            self._rewrite(f"sweepdeck: {text}")
        else:
            _console.say(text)

    def end(self) -> None:
        """Leave the terminal's line empty."""
        if self._shown:
            self._rewrite("", end="\r")

    def _rewrite(self, text: str, end: str = "") -> None:
        if _console.write(f"\r{text.ljust(self._shown)}{end}"):
            self._shown = len(text)
