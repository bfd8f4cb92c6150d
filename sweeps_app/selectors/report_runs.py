"""The runs of a sweep as a report lists them: all of them, or an even sample where there are too many."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.run_columns import RunColumns
from sweeps_app.selectors.sweeps import best_run

_PART = 500
_FIELDS = ("run_id", "name", "state", "objective", "config", "summary", "created_at", "started_at", "finished_at")


class ReportRuns(NamedTuple):
    """Runs in the order in which they were made, one entry a run in each column.

    `created` (float64[n]) is in seconds since the epoch, `seconds` (float64[n]) how long the run took, NaN where it has
    not ended. `metrics` holds the last value (float64[n], NaN for none) of each metric that was asked for, beside the
    sweep's own. `columns.total` counts all runs of the sweep.
    """

    columns: RunColumns
    created: NDArray[np.float64]
    seconds: NDArray[np.float64]
    metrics: dict[str, NDArray[np.float64]]


def report_runs(sweep: Sweep, *, limit: int, metrics: Sequence[str]) -> ReportRuns:
    """Return the runs that are not hidden from charts; of more than `limit`, evenly spaced ones and the best."""
    keys = np.array(_shown(sweep).order_by("pk").values_list("pk", flat=True), dtype=np.int64)
    best = best_run(sweep)
    chosen = sampled(keys, limit=limit, always=-1 if best is None else best.pk)
    rows = list(_rows(sweep, None if len(chosen) == len(keys) else chosen, metrics))
    columns = list(zip(*rows, strict=True)) or [()] * (len(_FIELDS) - 1 + len(metrics))
    ids, names, states, objectives, configs, created, started, finished, *values = columns
    return ReportRuns(
        columns=RunColumns(
            ids=list(ids),
            names=[name or run_id for name, run_id in zip(names, ids, strict=True)],
            states=list(states),
            objectives=_numbers(objectives),
            times=np.array([_seconds(end or begin) for begin, end in zip(created, finished, strict=True)]),
            configs=list(configs),
            total=Run.objects.filter(sweep=sweep).count(),
        ),
        created=np.array([_seconds(moment) for moment in created], dtype=np.float64),
        seconds=np.array(
            [_seconds(end) - _seconds(begin) for begin, end in zip(started, finished, strict=True)], dtype=np.float64
        ),
        metrics={name: _numbers(column) for name, column in zip(metrics, values, strict=True)},
    )


def sampled(keys: NDArray[np.int64], *, limit: int, always: int) -> NDArray[np.int64]:
    """Return at most `limit` of ascending keys, at even distances, with `always` in place of the one next to it.

    A key that is not among `keys` is not added.
    """
    if len(keys) <= limit:
        return keys
    places = np.linspace(0, len(keys) - 1, limit).round().astype(np.int64)
    wanted = int(np.searchsorted(keys, always))
    if wanted < len(keys) and keys[wanted] == always:
        places[np.argmin(np.abs(places - wanted))] = wanted
    return keys[places]


def _shown(sweep: Sweep) -> QuerySet[Run]:
    return Run.objects.filter(sweep=sweep, is_hidden=False)


def _rows(sweep: Sweep, keys: NDArray[np.int64] | None, metrics: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the fields of each run but its summary, of which only the metrics are kept."""
    found = _shown(sweep).order_by("pk").values_list(*_FIELDS)
    parts = [found] if keys is None else [found.filter(pk__in=part) for part in _parts(keys)]
    for part in parts:
        for *before, summary, created, started, finished in part.iterator(chunk_size=_PART):
            yield *before, created, started, finished, *(_metric(summary, name) for name in metrics)


def _parts(keys: NDArray[np.int64]) -> Iterator[list[int]]:
    for start in range(0, len(keys), _PART):
        yield keys[start : start + _PART].tolist()


def _metric(summary: Mapping[str, Any], name: str) -> Any:
    value = summary.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _seconds(moment: datetime | None) -> float:
    return float("nan") if moment is None else moment.timestamp()
