"""A lock that is given in the order of arrival."""

import threading
from collections import deque


class Turns:
    """Like `threading.Lock`, but nobody is overtaken.

    SQLite lets waiting writers sleep and try again, up to a tenth of a second at a time: whoever comes meanwhile goes
    first, and under load some wait for ever.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def acquire(self, timeout: float) -> bool:
        """Wait for at most `timeout` seconds, and return whether the turn has come."""
        with self._mutex:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return True
        with self._mutex:
            if turn.is_set():
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        """Give the turn to whoever has waited longest; any thread may do it."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
