"""The loop that keeps the processes alive."""

import http.client
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType

from sweeps_app.supervisor.child import Child

POLL_SECONDS = 0.1
FAILING_AFTER = 3
START_SECONDS = 60.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Starts `children`, greets once the web server answers, and stops everything on a signal."""

    def __init__(self, children: Sequence[Child], *, health: str, greeting: str) -> None:
        self._children = children
        self._health = health
        self._greeting = greeting
        self._is_stopping = False

    def run(self) -> int:
        """Run until SIGINT, SIGTERM or SIGHUP (0), or until the server cannot be started (1)."""
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        for child in self._children:
            child.start()
        is_up = self._wait_until_healthy()
        if is_up:
            say(self._greeting)
            while not self._is_stopping:
                self._look_after_children()
                time.sleep(POLL_SECONDS)
        is_failure = not is_up and not self._is_stopping
        self._stop()
        return int(is_failure)

    def _wait_until_healthy(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_stopping:
            if answers(self._health):
                return True
            self._look_after_children()
            if self._children[0].quick_deaths >= FAILING_AFTER or time.monotonic() > deadline:
                say(f"The web server does not start. Its log: {self._children[0].log_path}")
                return False
            time.sleep(POLL_SECONDS)
        return False

    def _look_after_children(self) -> None:
        for child in self._children:
            death = child.look_after()
            if death is not None and not self._is_stopping:
                say(death)
                if child.quick_deaths == FAILING_AFTER:
                    say("\n".join(f"  {child.name} | {line}" for line in child.last_lines))

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._is_stopping and number == signal.SIGINT:
            for child in self._children:
                child.kill_group()
        self._is_stopping = True

    def _stop(self) -> None:
        """Stop the worker and beat first: the agents that end with them still report to the web server."""
        web, *others = self._children
        for group in (others, [web]):
            for child in group:
                child.ask_to_stop()
            for child in group:
                if not child.wait_stopped():
                    say(f"{child.name} did not end within {child.stop_seconds:g} s and was killed.")
        say("Stopped.")


def answers(address: str) -> bool:
    """Tell whether the web server at `host:port` answers its health check."""
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def say(text: str) -> None:
    """Print to the terminal; a terminal that is gone is no reason to fail."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        pass
