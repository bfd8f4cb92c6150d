"""What was measured of a run's machine: its figures, and its curves over time."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from sweeps_app.columns.rows import CLOCKS
from sweeps_app.columns.series import Series
from sweeps_app.models import Run, SystemMetric

TIME = "_timestamp"


class SystemCurve(NamedTuple):
    """Something that was measured, down-sampled so that no extreme is lost, by seconds since the first sample."""

    name: str
    seconds: NDArray[np.float64]
    values: NDArray[np.float64]
    measured: int


def system_metrics(run: Run) -> QuerySet[SystemMetric]:
    """Return the figures of what was measured, without the curves, by name."""
    found = SystemMetric.objects.filter(run=run, minimum__isnull=False).exclude(name__in=CLOCKS)
    return found.defer("series").order_by("name")


def system_curves(run: Run, names: Sequence[str]) -> list[SystemCurve]:
    """Return the curves of those of `names` that were measured, in this order."""
    found = SystemMetric.objects.filter(run=run, name__in=[*names, TIME]).values_list("name", "count", "series")
    rows = {name: (count, *Series.from_bytes(bytes(series)).points()) for name, count, series in found}
    _, time_steps, times = rows.pop(TIME, (0, np.empty(0, np.int64), np.empty(0)))
    return [
        SystemCurve(name, _seconds(rows[name][1], time_steps, times), rows[name][2], rows[name][0])
        for name in names
        if name in rows
    ]


def _seconds(
    steps: NDArray[np.int64], time_steps: NDArray[np.int64], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the times of samples by their steps, straight between those that are known; the steps where none is."""
    if not len(times):
        return steps.astype(np.float64)
    order = np.argsort(time_steps, kind="stable")
    interpolated: NDArray[np.float64] = np.interp(steps, time_steps[order], times[order]) - times[order][0]
    return interpolated
