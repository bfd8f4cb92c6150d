"""Scripts in processes of their own, as users run them.

Where one waits for a signal it sleeps a little at a time: a signal that arrives between Python's last look at signals
and the system call would be noticed only after the whole sleep.
"""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Script:
    """A running script; what it prints is read by `expect` and `end`."""

    def __init__(self, code: str, environment: dict[str, str], *options: str, python: str = sys.executable) -> None:
        self._process = subprocess.Popen(
            [python, *options, "-c", textwrap.dedent(code)],
            env={name: value for name, value in os.environ.items() if not name.startswith("SWEEPDECK_")} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self.said = ""

    def expect(self, text: str) -> None:
        """Read until a line holds `text`."""
        for line in self._process.stdout:
            self.said += line
            if text in line:
                return
        raise AssertionError(f"'{text}' was not said:\n{self.said}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, as a terminal or a scheduler does."""
        self._process.send_signal(number)

    def is_alive(self) -> bool:
        """Tell whether the script still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the script if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def end(self, seconds: float = 30) -> int:
        """Wait for the end and return the exit code; a script that does not end is killed."""
        try:
            rest, _ = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.said += self._process.communicate()[0]
            raise AssertionError(f"the script did not end:\n{self.said}") from None
        self.said += rest
        return self._process.returncode


def environment(url: str, key: str, home: Any, **more: str) -> dict[str, str]:
    """Return the variables of a script that finds the SDK in this checkout."""
    return {
        "SWEEPDECK_BASE_URL": url,
        "SWEEPDECK_API_KEY": key,
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SWEEPDECK_SYSTEM_SECONDS": "0",
    } | more
