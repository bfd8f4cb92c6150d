"""The runs of a sweep as columns, for charts that show all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from sweeps_app.models import Run, Sweep


class RunColumns(NamedTuple):
    """Runs in the order in which they were made: one entry a run in each column.

    `objectives` (float64[n]) is NaN where a run has none. `times` (float64[n], seconds since the epoch) is when the run
    ended or was last heard of. `configs` is empty unless it was asked for. `total` counts the runs that there are,
    which may be more than those in the columns.
    """

    ids: list[str]
    names: list[str]
    states: list[str]
    objectives: NDArray[np.float64]
    times: NDArray[np.float64]
    configs: Sequence[Mapping[str, Any]]
    total: int

    def __len__(self) -> int:
        return len(self.ids)


def run_columns(sweep: Sweep, *, limit: int, with_configs: bool = False) -> RunColumns:
    """Return the newest `limit` runs of a sweep."""
    runs = Run.objects.filter(sweep=sweep)
    when = Coalesce("finished_at", "heartbeat_at", "created_at")
    fields = ("run_id", "name", "state", "objective", when, *(("config",) if with_configs else ()))
    found = list(runs.order_by("-pk").values_list(*fields)[:limit])[::-1]
    columns = list(zip(*found, strict=True)) or [()] * len(fields)
    ids, names, states, objectives, times = columns[:5]
    return RunColumns(
        ids=list(ids),
        names=[name or run_id for name, run_id in zip(names, ids, strict=True)],
        states=list(states),
        objectives=np.array([np.nan if value is None else value for value in objectives], dtype=np.float64),
        times=np.array([_seconds(time) for time in times], dtype=np.float64),
        configs=list(columns[5]) if with_configs else [],
        total=len(found) if len(found) < limit else runs.count(),
    )


def _seconds(time: datetime) -> float:
    return time.timestamp()
