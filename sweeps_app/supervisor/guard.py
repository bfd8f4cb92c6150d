"""Run a command that cannot outlive the process that started it.

Used as `python guard.py PARENT_PID SIGNAL command...`. On Linux the kernel sends the signal when the parent dies.
Elsewhere this process stays, looks after its parent, and passes signals and the exit code on.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.5


def guarded(command: list[str], death_signal: signal.Signals) -> list[str]:
    """Return the command line that runs `command` until it ends or the calling process dies.

    The signal comes when the calling *thread* ends, so that thread has to outlive the command.
    """
    return [sys.executable, "-S", "-E", __file__, str(os.getpid()), str(int(death_signal)), *command]


def main(parent: int, death_signal: int, command: list[str]) -> None:
    """Become `command`, or watch over it."""
    if not sys.platform.startswith("linux"):
        sys.exit(_watch(parent, death_signal, command))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() == parent:  # it may have died before the call above
        os.execvp(command[0], command)  # noqa: S606


def _watch(parent: int, death_signal: int, command: list[str]) -> int:
    child = subprocess.Popen(command)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    while child.poll() is None:
        if os.getppid() != parent:
            child.send_signal(death_signal)
            child.wait()
        time.sleep(_POLL_SECONDS)
    return child.returncode


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
