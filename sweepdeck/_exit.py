"""Finish a run that the script leaves open: at its end, on an exception, on SIGTERM."""

import atexit
import signal
import sys
import threading
import traceback
from types import FrameType, TracebackType
from typing import Any, NamedTuple

KILLED_EXIT_CODE = 255
SIGTERM_EXIT_CODE = 128 + 15


class Terminated(SystemExit):
    """SIGTERM arrived: unwinds the script so that its run can be finished."""


class Ending(NamedTuple):
    """How a run ends, as the server is told."""

    exit_code: int = 0
    state: str | None = None
    error: str = ""


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
        return Ending(1, "failed", text)
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


def _ending_of_code(code: Any) -> Ending:
    if code is None or code == 0:
        return Ending()
    if isinstance(code, int):
        return Ending(code, "failed")
    return Ending(1, "failed", str(code))


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
    raise Terminated(SIGTERM_EXIT_CODE)


def _at_exit() -> None:
    # Imported here: this module is below the runs that it finishes.
    from sweepdeck._context import current_run

    run = current_run()
    if run is not None:
        run.end(_Hooks.ending)
