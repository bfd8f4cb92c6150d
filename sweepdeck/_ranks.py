"""Processes that train one model together: rank 0 logs the run, the others read its configuration."""

import os
import time
from collections.abc import Mapping
from typing import Any

from sweepdeck import _console
from sweepdeck._api import Client, path
from sweepdeck._backoff import Backoff
from sweepdeck._begin import BEGIN_SECONDS, begin_disabled
from sweepdeck._errors import ApiError, UsageError
from sweepdeck._interrupt import Interrupter
from sweepdeck._run import Run

# torchrun, Open MPI, MPICH and Intel MPI, MVAPICH, Slurm: the first that is there counts, since torchrun may itself be
# started by one of the others, whose ranks are nodes then.
VARIABLES = (
    ("RANK", "WORLD_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
    ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
    ("SLURM_PROCID", "SLURM_NTASKS"),
)
_LONGEST_WAIT = 2.0


def rank_of(environment: Mapping[str, str]) -> int:
    """Return which of the processes that work together this one is; 0 for one that works alone."""
    for rank, size in VARIABLES:
        numbers = environment.get(rank, ""), environment.get(size, "")
        if all(number.isdecimal() for number in numbers):
            return int(numbers[0]) if int(numbers[1]) > 1 else 0
    return 0


def own_rank(distributed: str) -> int:
    """Return this process's rank, unless `distributed` is "off"; raises `UsageError` where it is neither on nor off."""
    if distributed not in ("auto", "off"):
        raise UsageError(f"distributed is 'auto' or 'off', not {distributed!r}")
    return 0 if distributed == "off" else rank_of(os.environ)


def follow(rank: int, body: Mapping[str, Any], place: tuple[str, str], client: Client | None) -> Run:
    """Return rank 0's run as another rank sees it: what is logged there is kept nowhere.

    With a `client`, rank 0's run is on the server, begun by now or soon. Raises `UsageError` where it does not begin.
    """
    data = body if client is None else _wait_for(client, place, body["run_id"])
    run = begin_disabled(data, interrupter=Interrupter())
    _console.say(f"rank {rank} logs nothing: rank 0 does (SWEEPDECK_DISTRIBUTED=off gives each rank a run of its own)")
    return run


def _wait_for(client: Client, place: tuple[str, str], run_id: str) -> dict[str, Any]:
    """Return the run, which rank 0 may be about to begin."""
    deadline = time.monotonic() + BEGIN_SECONDS
    backoff = Backoff(_LONGEST_WAIT)
    while True:
        try:
            return client.call("GET", f"/runs{path(*place, run_id)}", seconds=BEGIN_SECONDS)
        except ApiError as error:
            if error.status != 404:
                raise
            if time.monotonic() > deadline:
                raise UsageError(f"rank 0 has not begun run '{run_id}' within {BEGIN_SECONDS:.0f} seconds") from None
            time.sleep(backoff.next_delay())
