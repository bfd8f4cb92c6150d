"""A subprocess whose output can be read while it runs, and which can be stopped with growing force."""

import codecs
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from sweeps_app.supervisor.guard import guarded

READ_BYTES = 65_536
# How long each signal is given before the next one is sent.
STOP_STEPS = ((signal.SIGINT, 4.0), (signal.SIGTERM, 4.0), (signal.SIGKILL, 4.0))
# An agent that is terminated gives its run back, one that is interrupted ends it.
PREEMPT_STEPS = ((signal.SIGTERM, 6.0), (signal.SIGKILL, 4.0))


class AgentProcess:
    """A command in a process group of its own; ends with the thread that started it."""

    def __init__(self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            guarded(list(command), signal.SIGKILL),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        self._output = self._readable()
        # What is read may end in the middle of a character.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """The process's id, which is its group's too."""
        return self._process.pid

    def is_over(self) -> bool:
        """Tell whether the process has ended."""
        return self._process.poll() is not None

    def read(self, seconds: float) -> str:
        """Return the output that is there within `seconds`, which may be nothing."""
        deadline = time.monotonic() + seconds
        text = ""
        while not text and not self.is_over():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                break
            text = self._read_once(min(remaining, 0.1))
        return text

    def stop(self, *, preempts: bool = False) -> str:
        """Interrupt (unless it is to give its run back), then terminate, then kill the process.

        Return what it said meanwhile.
        """
        said = ""
        for number, patience in PREEMPT_STEPS if preempts else STOP_STEPS:
            if self.is_over():
                break
            self._signal(number)
            deadline = time.monotonic() + patience
            while not self.is_over() and time.monotonic() < deadline:
                said += self.read(0.1)
        return said

    def close(self) -> tuple[int, str]:
        """Kill what is left of the group, and return the exit code and the last of the output."""
        self._signal(signal.SIGKILL)
        code = self._process.wait()
        rest = ""
        while piece := self._read_once(0):
            rest += piece
        rest += self._decoder.decode(b"", final=True)
        self._selector.close()
        self._output.close()
        return code, rest

    def _readable(self) -> IO[bytes]:
        if self._process.stdout is None:
            raise RuntimeError("the process was started without a pipe")
        os.set_blocking(self._process.stdout.fileno(), False)
        return self._process.stdout

    def _read_once(self, seconds: float) -> str:
        if not self._selector.select(seconds):
            return ""
        data = os.read(self._output.fileno(), READ_BYTES)
        if not data:  # the process has closed its output but may go on
            time.sleep(seconds)
        return self._decoder.decode(data)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)
