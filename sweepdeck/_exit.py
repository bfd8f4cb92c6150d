"""Finish a run that the script leaves open: at its end, on an exception, on SIGTERM."""

import atexit
import os
import signal
import sys
import threading
import traceback
from types import FrameType, TracebackType
from typing import Any, NamedTuple

from sweepdeck._context import in_notebook, open_runs
from sweepdeck._output.mask import Mask
from sweepdeck._values import storable_text

KILLED_EXIT_CODE = 255
SIGTERM_EXIT_CODE = 128 + 15
# The end of a traceback says most; what is longer than this was cut by nobody who reads it.
ERROR_CHARACTERS = 50_000


class Terminated(SystemExit):
    """SIGTERM arrived: unwinds the script so that its run can be finished."""


class Ending(NamedTuple):
    """How a run ends, as the server is told."""

    exit_code: int = 0
    state: str | None = None
    error: str = ""

    @property
    def word(self) -> str:
        """The state in which the run ends: "finished", "failed" or "killed"."""
        return self.state or ("finished" if self.exit_code == 0 else "failed")

    @property
    def has_failed(self) -> bool:
        """Tell whether the run's own code went wrong, which being killed is not."""
        return self.word == "failed"


class _Hooks:
    installed = False
    ending = Ending()


def ending_of(error: BaseException | None) -> Ending:
    """Return how a run ends whose code was left by `error`."""
    if error is None:
        return Ending()
    if isinstance(error, Terminated):
        return Ending(SIGTERM_EXIT_CODE, "killed")
    if isinstance(error, SystemExit):
        return _ending_of_code(error.code)
    if isinstance(error, Exception):
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return Ending(1, "failed", _shown(text))
    return Ending(KILLED_EXIT_CODE, "killed")


def install_hooks() -> None:
    """See to it, once a process, that its end finishes the current run."""
    if _Hooks.installed:
        return
    _Hooks.installed = True
    atexit.register(_at_exit)
    _watch_exceptions()
    _watch_exit()
    _watch_sigterm()


def forget_ending() -> None:
    """What was raised so far has been dealt with: it says nothing about how the process ends."""
    _Hooks.ending = Ending()


def _ending_of_code(code: Any) -> Ending:
    if code is None or code == 0:
        return Ending()
    if isinstance(code, int):
        return Ending(max(-(2**31), min(int(code), 2**31 - 1)), "failed")
    return Ending(1, "failed", _shown(str(code)))


def _shown(text: str) -> str:
    return storable_text(Mask.of_process()(text))[-ERROR_CHARACTERS:]


def _watch_exceptions() -> None:
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _Hooks.ending = ending_of(error)
        before(kind, error, trace)

    sys.excepthook = hook


def _watch_exit() -> None:
    # The interpreter hands a SystemExit to nobody, so the usual way of raising one is watched.
    before = sys.exit

    def watched_exit(status: Any = None, /) -> None:
        _Hooks.ending = _ending_of_code(status)
        before(status)

    sys.exit = watched_exit  # type: ignore[assignment]


def _watch_sigterm() -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _on_sigterm)


def _on_sigterm(_number: int, _frame: FrameType | None) -> None:
    _Hooks.ending = Ending(SIGTERM_EXIT_CODE, "killed")
    if in_notebook():
        # A notebook's kernel swallows SystemExit: end what is open, then die as it would have. The code at hand goes on
        # meanwhile, since it may hold a lock that the end needs.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        threading.Thread(target=_end_and_die).start()
        return
    raise Terminated(SIGTERM_EXIT_CODE)


def _end_and_die() -> None:
    _at_exit()
    os.kill(os.getpid(), signal.SIGTERM)


def _at_exit() -> None:
    for run in open_runs():
        run.end(_Hooks.ending)
