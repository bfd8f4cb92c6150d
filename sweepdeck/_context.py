"""Which client, run and lease this process and this thread work with."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweepdeck._api import Client

if TYPE_CHECKING:
    from sweepdeck._run import Run


@dataclass
class Lease:
    """The run that an agent works on in this thread; `init()` takes it up."""

    run: "Run"
    is_taken: bool = False


class Context(threading.local):
    """What is current in one thread."""

    run: "Run | None" = None
    lease: Lease | None = None


class Process:
    """What all threads of the process share."""

    client: Client | None = None
    run: "Run | None" = None
    open_runs: "set[Run]" = set()


here = Context()
process = Process()


def current_run() -> "Run | None":
    """Return this thread's run, else the one that the process began last.

    A function that an agent runs has none until it calls `init()`, whatever other threads do.
    """
    return here.run if here.run is not None or here.lease is not None else process.run


def set_run(run: "Run") -> None:
    """Make `run` the current one of this thread and the process."""
    here.run = process.run = run


def note_open(run: "Run") -> None:
    """Remember a run that has to be ended before the process ends."""
    process.open_runs.add(run)


def clear_run(run: "Run") -> None:
    """Forget `run`, which has ended."""
    process.open_runs.discard(run)
    if here.run is run:
        here.run = None
    if process.run is run:
        process.run = None


def open_runs() -> "list[Run]":
    """Return the runs of this process that have not ended."""
    return list(process.open_runs)


@contextmanager
def leased(run: "Run") -> Iterator[None]:
    """Offer `run` to the `init()` of this thread; afterwards the thread works on what it did before."""
    before = here.run, here.lease
    here.run, here.lease = None, Lease(run)
    try:
        yield
    finally:
        here.run, here.lease = before


def in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook."""
    shell_of = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return shell_of is not None and hasattr(shell_of(), "kernel")


def _in_child() -> None:
    # Threads and connections do not survive a fork: the runs go on in the parent alone.
    for run in process.open_runs:
        run.detach()
    process.open_runs = set()
    here.run = process.run = process.client = here.lease = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
