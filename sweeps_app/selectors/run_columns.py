"""The runs of a sweep as columns, for charts that show all of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

from sweeps_app.models import Run, Sweep

_JSON = ("config", "summary")


class RunColumns(NamedTuple):
    """Runs in the order in which they were made: one entry a run in each column.

    `objectives` (float64[n]) is NaN where a run has none. `times` (float64[n], seconds since the epoch) is when the run
    ended or was last heard of; it and `configs` may not have been asked for, and are empty then. `more` has the fields
    that were asked for. `total` counts the runs that there are, which may be more than those in the columns; what is
    hidden from charts is counted there alone.
    """

    ids: list[str]
    names: list[str]
    states: list[str]
    objectives: NDArray[np.float64]
    times: NDArray[np.float64]
    configs: Sequence[Mapping[str, Any]]
    total: int
    more: Mapping[str, Sequence[Any]] = {}

    def __len__(self) -> int:
        return len(self.ids)


def run_columns(
    sweep: Sweep,
    *,
    limit: int,
    with_configs: bool = False,
    with_times: bool = True,
    among: QuerySet[Run] | None = None,
    more: Sequence[str] = (),
) -> RunColumns:
    """Return the newest `limit` runs of a sweep that are not hidden from charts, or of those in `among`.

    `more` names further fields of the runs.
    """
    runs = Run.objects.filter(sweep=sweep)
    when = Coalesce("finished_at", "heartbeat_at", "created_at")
    given = (
        "run_id",
        "name",
        "state",
        "objective",
        *((when,) if with_times else ()),
        *(("config",) if with_configs else ()),
    )
    fields = (*given, *more)
    shown = (runs if among is None else among).filter(is_hidden=False).order_by("-pk")
    asked = [Cast(name, TextField()) if name in _JSON else name for name in fields]
    found = list(shown.values_list(*asked)[:limit])[::-1]
    columns: list[Sequence[Any]] = list(zip(*found, strict=True)) or [()] * len(fields)
    columns = [_parsed(column) if name in _JSON else column for name, column in zip(fields, columns, strict=True)]
    ids, names, states, objectives = columns[:4]
    times = columns[4] if with_times else []
    return RunColumns(
        ids=list(ids),
        names=[name or run_id for name, run_id in zip(names, ids, strict=True)],
        states=list(states),
        objectives=np.array([np.nan if value is None else value for value in objectives], dtype=np.float64),
        times=np.array([_seconds(time) for time in times], dtype=np.float64),
        configs=list(columns[given.index("config")]) if with_configs else [],
        total=runs.count(),
        more=dict(zip(more, columns[len(given) :], strict=True)),
    )


def _parsed(texts: Sequence[str]) -> list[Any]:
    """Return JSON values, read as one: one by one takes half as long again."""
    values: list[Any] = json.loads(f"[{','.join(texts)}]")
    return values


def _seconds(time: datetime) -> float:
    return time.timestamp()
