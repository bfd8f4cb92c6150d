"""Call an agent's function under one run."""

import traceback
from collections.abc import Callable
from typing import Any

from sweepdeck._context import here, leased
from sweepdeck._exit import ending_of
from sweepdeck._interrupt import Interrupter
from sweepdeck._run import Run


def execute(function: Callable[[], Any], run: Run, interrupter: Interrupter) -> BaseException | None:
    """Call `function`, to whose `init()` `run` is on offer, and return what it raised, which is printed.

    `run` is left open; a further run that the function has begun and left open is ended.
    """
    with leased(run):
        error = _call(function, interrupter)
        if isinstance(error, Exception):
            traceback.print_exception(error)
        if here.run is not None and here.run is not run:
            here.run.end(ending_of(error))
    return error


def _call(function: Callable[[], Any], interrupter: Interrupter) -> BaseException | None:
    try:
        try:
            interrupter.arm()
            function()
        finally:
            interrupter.disarm()
    except BaseException as error:
        # An interrupt may have hit the line that disarms.
        interrupter.disarm()
        # The traceback begins with the function's own frame.
        below = error.__traceback__.tb_next if error.__traceback__ is not None else None
        return error.with_traceback(below) if below is not None else error
    return None
