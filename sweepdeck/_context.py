"""Which client, run and lease this process and this thread work with."""

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sweepdeck._api import Client

if TYPE_CHECKING:
    from sweepdeck._interrupt import Interrupter
    from sweepdeck._run import Run


@dataclass
class Lease:
    """A run that the server handed to an agent, until `init()` takes it up."""

    run: dict[str, Any]
    client: Client
    agent_path: str
    interrupter: "Interrupter"
    started: "Run | None" = None


class Context(threading.local):
    """What is current in one thread."""

    run: "Run | None" = None
    lease: Lease | None = None


class Process:
    """What all threads of the process share."""

    client: Client | None = None
    run: "Run | None" = None


here = Context()
process = Process()


def current_run() -> "Run | None":
    """Return this thread's run, else the one that the process began last."""
    return here.run or process.run


def set_run(run: "Run") -> None:
    """Make `run` the current one of this thread and the process."""
    here.run = process.run = run


def clear_run(run: "Run") -> None:
    """Forget `run`, if it is current."""
    if here.run is run:
        here.run = None
    if process.run is run:
        process.run = None


def _in_child() -> None:
    run = current_run()
    if run is not None:
        run.detach()
    here.run = process.run = process.client = here.lease = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
