"""A run's process: in a process group of its own, and stopped with growing force."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

_IS_POSIX = os.name == "posix"
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class Child:
    """A command with all that it starts. It reads no terminal, since it is not in the terminal's own group."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, grace: float, output: int | None = None
    ) -> None:
        """Start `command`; `grace` is the time in seconds between two signals, `output` a descriptor for its stdout.

        Raises `OSError` for a command that cannot be started.
        """
        own_group: dict[str, Any] = {"process_group": 0} if _IS_POSIX else {"creationflags": _windows_group()}
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            list(command), env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, **own_group
        )
        self._grace = grace
        self._steps = [signal.SIGINT, signal.SIGTERM, _KILL]
        self._next_step_at = 0.0
        self.is_stopped = False

    @property
    def pid(self) -> int:
        """The process's id, which is its group's, too."""
        return self._process.pid

    def wait(self, seconds: float) -> int | None:
        """Wait at most `seconds` for the process's end; return its code, which is negative for a signal, or None.

        Further processes that it has left in its group are killed. A stop that has begun goes on to the next signal.
        """
        if self.is_stopped and self._steps and time.monotonic() >= self._next_step_at:
            self._send(self._steps.pop(0))
            self._next_step_at = time.monotonic() + self._grace
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._send(_KILL)
        return code

    def stop(self) -> None:
        """Interrupt the process; `wait` then terminates and at last kills it."""
        if not self.is_stopped:
            self._next_step_at = 0.0
            self.is_stopped = True

    def kill(self) -> None:
        """Kill the process as soon as `wait` is called."""
        self._steps = self._steps[-1:]
        self._next_step_at = 0.0
        self.is_stopped = True

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError, OSError):
            if _IS_POSIX:
                os.killpg(self._process.pid, number)
            elif self._process.poll() is None:
                self._process.send_signal(signal.CTRL_BREAK_EVENT if number == signal.SIGINT else number)  # type: ignore[attr-defined]


def _windows_group() -> int:
    return getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if sys.platform == "win32" else 0
