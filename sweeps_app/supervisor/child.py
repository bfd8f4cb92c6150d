"""One supervised process: its output, its deaths, its end."""

import logging
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sweeps_app.supervisor.guard import guarded

LOG_BYTES = 5_000_000
LOG_FILES = 3
LAST_LINES = 12
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A process that has lived this long has recovered from whatever killed it before.
HEALTHY_SECONDS = 60.0


class Child:
    """A command that is started again, with growing delays, whenever it ends."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log_folder: Path,
        environment: Mapping[str, str],
        stop_seconds: float,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.stop_seconds = stop_seconds
        self.log_path = log_folder / f"{name}.log"
        self.quick_deaths = 0
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._command = list(command)
        self._environment = dict(environment)
        self._pass_fds = tuple(pass_fds)
        self._log = _line_log(name, self.log_path)
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0

    def start(self) -> None:
        """Start the process in a process group of its own."""
        self._process = subprocess.Popen(
            guarded(self._command, signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            pass_fds=self._pass_fds,
            process_group=0,
            text=True,
            errors="replace",
        )
        self._started_at = time.monotonic()
        self._reader = threading.Thread(target=self._read_output, args=(self._process,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def look_after(self) -> str | None:
        """Start the process again if it has ended and its delay is over; return a line when it has just died."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_again_at:
                self.start()
            return None
        code = self._process.poll()
        if code is None:
            return None
        return self._note_death(code, now)

    def _note_death(self, code: int, now: float) -> str:
        self.kill_group()
        self.quick_deaths = 1 if now - self._started_at > HEALTHY_SECONDS else self.quick_deaths + 1
        delay = min(FIRST_DELAY * 2 ** (self.quick_deaths - 1), LONGEST_DELAY)
        self._start_again_at = now + delay
        self._process = None
        return f"{self.name} ended ({_ending(code)}); starting it again in {delay:g} s. Its output: {self.log_path}"

    def ask_to_stop(self) -> None:
        """Ask the process to end."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def wait_stopped(self) -> bool:
        """Wait for the end that was asked for; after `stop_seconds` kill the process and return False."""
        if self._process is None:
            return True
        try:
            self._process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            self.kill_group()
            self._process.wait()
            if self._reader is not None:
                self._reader.join(1.0)
        return True

    def kill_group(self) -> None:
        """Kill what is left of the process and its group."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _read_output(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            text = line.rstrip("\n")
            self.last_lines.append(text)
            self._log.info(text)


def _line_log(name: str, path: Path) -> logging.Logger:
    """Return a log of bare lines in `path`, which is rotated so that it cannot fill the disk."""
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter(f"%(asctime)s {name} | %(message)s"))
    log = logging.Logger(name)  # noqa: LOG001  (apart from the tree of loggers: these are another process's lines)
    log.addHandler(handler)
    return log


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name}"


def python_module(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `module` under this interpreter."""
    return [sys.executable, "-m", module, *arguments]
