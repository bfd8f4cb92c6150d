"""The curves of a metric over many runs, and the metrics of one run."""

from typing import NamedTuple

import numpy as np
from django.db.models import Case, QuerySet, When
from numpy.typing import NDArray

from sweeps_app.columns.series import Series
from sweeps_app.models import Run, RunMetric, Sweep

# Names are looked for in so many of the newest runs: runs of one sweep log the same metrics.
_LOOKED_AT = 20
_MAX_NAMES = 500


class RunCurve(NamedTuple):
    """One metric of one run, down-sampled so that no extreme value is lost."""

    run_id: str
    name: str
    state: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]


class SweepCurves(NamedTuple):
    """The curves of the newest runs that have the metric, oldest first; `total` runs have it."""

    metric: str
    curves: list[RunCurve]
    total: int


def sweep_curves(sweep: Sweep, metric: str, *, limit: int) -> SweepCurves:
    """Return the curves of `metric` for at most `limit` runs: one small row each."""
    found = RunMetric.objects.filter(run__sweep=sweep, name=metric)
    rows = found.order_by("-run_id").values_list("run__run_id", "run__name", "run__state", "series")[:limit]
    curves = [
        RunCurve(run_id, name or run_id, state, *Series.from_bytes(bytes(series)).points())
        for run_id, name, state, series in rows
    ]
    return SweepCurves(metric, curves[::-1], len(curves) if len(curves) < limit else found.count())


def sweep_metric_names(sweep: Sweep) -> list[str]:
    """Return the names of the metrics that the newest runs of a sweep have logged."""
    newest = list(Run.objects.filter(sweep=sweep).order_by("-pk").values_list("pk", flat=True)[:_LOOKED_AT])
    names = RunMetric.objects.filter(run__in=newest).exclude(name="_timestamp").order_by("name")
    return list(names.values_list("name", flat=True).distinct()[:_MAX_NAMES])


def run_metric_rows(run: Run, find: str = "") -> QuerySet[RunMetric]:
    """Return the figures of a run's numeric metrics, without their curves: its sweep's metric first, then by name.

    `find` leaves only those whose name holds it.
    """
    rows = RunMetric.objects.filter(run=run, minimum__isnull=False).exclude(name="_timestamp").defer("series")
    if find:
        rows = rows.filter(name__icontains=find)
    pursued = run.sweep.metric_name if run.sweep is not None else ""
    return rows.order_by(Case(When(name=pursued, then=0), default=1), "name")


class CountedCurve(NamedTuple):
    """A curve, and how many values the run has logged of its metric."""

    curve: RunCurve
    logged: int


def run_curve(run: Run, metric: str) -> CountedCurve | None:
    """Return the curve of one metric of a run, None where it has none."""
    found = RunMetric.objects.filter(run=run, name=metric).values_list("count", "series").first()
    if found is None:
        return None
    count, series = found
    return CountedCurve(RunCurve(run.run_id, str(run), run.state, *Series.from_bytes(bytes(series)).points()), count)
