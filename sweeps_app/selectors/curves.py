"""The curves of a metric over many runs, and the metrics of one run."""

import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from django.db.models import Count, QuerySet
from numpy.typing import NDArray

from sweeps_app.analysis.alignment import joined
from sweeps_app.analysis.run_choice import RunChoice, chosen_places
from sweeps_app.columns.media import without_media
from sweeps_app.columns.series import Series
from sweeps_app.models import Run, RunMetric, Sweep
from sweeps_app.query.columns import VALUES, Column, is_usable
from sweeps_app.selectors.axes import fixed_parameters, parameter_axes
from sweeps_app.selectors.run_scope import RunScope, leaves, sweep_scope
from sweeps_app.selectors.run_values import run_values
from sweeps_app.selectors.sweeps import FAILURES

CLOCK = "_timestamp"
# Names are looked for in so many of the newest runs: runs of one sweep log the same metrics.
_LOOKED_AT = 20
_MAX_NAMES = 500
_DIGITS = 20
# What a group of runs need not read of each, and what it has to where it is by that.
_LARGE = ("config", "summary", "stopping_progress", "notes", "error")
_JOINED = {"agent": "agent", "sweep": "sweep", "user": "created_by"}


class Across(NamedTuple):
    """What curves are drawn over: the "step", "time", the time since a run's first row ("relative"), or a "metric"."""

    kind: Literal["step", "time", "relative", "metric"] = "step"
    metric: str = ""

    @property
    def source(self) -> str:
        """The metric that is read for it; empty for the step."""
        return {"step": "", "metric": self.metric}.get(self.kind, CLOCK)


BY_STEP = Across()


class RunCurve(NamedTuple):
    """One metric of one run, down-sampled so that no extreme value is lost.

    `across` is what the values are drawn over where that is not the step: seconds, or another metric.
    """

    run_id: str
    name: str
    state: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    across: NDArray[np.float64] | None = None

    @property
    def x(self) -> NDArray[np.float64]:
        """What the values are drawn over, float64[n]."""
        return self.steps.astype(np.float64) if self.across is None else self.across


class SweepCurves(NamedTuple):
    """The curves of chosen runs, in the order in which these were made.

    `total` runs have the metric, `hidden` ones included; `choice` says which of them are chosen.
    `placeless` of the chosen have nothing that they could be drawn over, and are left out. `grouped` has for each curve
    what its run has in the column that was asked for.
    """

    metric: str
    curves: list[RunCurve]
    total: int
    hidden: int = 0
    choice: RunChoice = RunChoice()
    placeless: int = 0
    grouped: Sequence[Any] = ()


class _Chosen(NamedTuple):
    pk: int
    run_id: str
    name: str
    state: str


def sweep_curves(
    sweep: Sweep,
    metric: str,
    *,
    choice: RunChoice,
    across: Across = BY_STEP,
    group: Column | None = None,
    among: QuerySet[Run] | None = None,
) -> SweepCurves:
    """Return the curves of `metric` for at most `choice.limit` runs, of those in `among`: one small row each.

    What is drawn over a time or another metric is joined with its curve by step (`sweeps_app.analysis.alignment`): both
    are down-sampled alike, and exact up to 512 values.
    """
    found = RunMetric.objects.filter(run__sweep=sweep, run__deleted_at=None, name=metric).order_by("run_id")
    if among is not None:
        found = found.filter(run__in=among.order_by())
    shown = list(
        found.filter(run__is_hidden=False).values_list(
            "run_id", "run__run_id", "run__name", "run__state", "run__objective"
        )
    )
    hidden = found.filter(run__is_hidden=True).count()
    objectives = np.array([np.nan if row[4] is None else row[4] for row in shown], dtype=np.float64)
    active = np.array([row[3] in Run.ACTIVE_STATES for row in shown], dtype=np.bool_)
    failed = np.array([row[3] in FAILURES for row in shown], dtype=np.bool_)
    objectives[failed] = np.nan
    places = chosen_places(objectives, active, choice, maximize=sweep.metric_goal == "maximize")
    chosen = [_Chosen(*shown[place][:4]) for place in places.tolist()]
    runs, curves = _curves(chosen, metric, across)
    grouped = _grouped([run.pk for run in runs], group, sweep_scope(sweep)) if group is not None else ()
    total = len(shown) + hidden
    return SweepCurves(metric, curves, total, hidden, choice, len(chosen) - len(curves), grouped)


def compared_curves(runs: Sequence[Run], metric: str, across: Across = BY_STEP) -> list[RunCurve]:
    """Return the curves of those of `runs` that have the metric, and what it is drawn over, in the order of `runs`."""
    return _curves([_Chosen(run.pk, run.run_id, str(run), run.state) for run in runs], metric, across)[1]


def compared_names(runs: Sequence[Run]) -> list[str]:
    """Return the names of the numeric metrics of some runs, those that most of them have first."""
    runs_with = _numeric([run.pk for run in runs])
    return sorted(runs_with, key=lambda name: (-runs_with[name], name))[:_MAX_NAMES]


class CurveNames(NamedTuple):
    """What the newest runs of a sweep have logged, and in what of their configs they differ, or could."""

    metrics: list[str]
    config: list[str]


def curve_names(sweep: Sweep) -> CurveNames:
    """Return the names by which curves can be drawn and grouped; those inside of a config have dots."""
    newest = list(Run.objects.filter(sweep=sweep).order_by("-pk").values_list("pk", "config")[:_LOOKED_AT])
    fixed = set(fixed_parameters(sweep.config))
    config = dict.fromkeys(axis.name for axis in parameter_axes(sweep.config))
    config |= dict.fromkeys(leaf for _, values in newest for leaf in leaves(values) if leaf not in fixed)
    usable = [name for name in config if is_usable(name)]
    return CurveNames(sorted(_numeric([pk for pk, _ in newest]))[:_MAX_NAMES], usable[:_MAX_NAMES])


def _numeric(pks: Sequence[int]) -> dict[str, int]:
    """Return in how many of some runs each metric has had numbers; sizes of images and the like are no metrics."""
    logged = RunMetric.objects.filter(run__in=pks).exclude(name=CLOCK).order_by()
    counts = dict(logged.values_list("name").annotate(runs=Count("minimum")))
    return {name: counts[name] for name in without_media(counts) if counts[name]}


def _curves(chosen: Sequence[_Chosen], metric: str, across: Across) -> tuple[list[_Chosen], list[RunCurve]]:
    pks = [run.pk for run in chosen]
    series = _series(pks, metric)
    over = _series(pks, across.source) if across.source else {}
    runs, curves = [], []
    for run in chosen:
        if run.pk not in series or (across.source and run.pk not in over):
            continue
        curve = RunCurve(run.run_id, run.name or run.run_id, run.state, *series[run.pk])
        if across.source:
            curve = _over(curve, *over[run.pk], across)
        if len(curve.values) or not across.source:
            runs.append(run)
            curves.append(curve)
    return runs, curves


def _over(curve: RunCurve, steps: NDArray[np.int64], values: NDArray[np.float64], across: Across) -> RunCurve:
    x = joined(curve.steps, steps, values)
    if across.kind == "relative" and len(values):
        x = x - values.min()
    known = np.isfinite(x)
    return curve._replace(steps=curve.steps[known], values=curve.values[known], across=x[known])


def _series(pks: Sequence[int], metric: str) -> dict[int, tuple[NDArray[np.int64], NDArray[np.float64]]]:
    found = RunMetric.objects.filter(run__in=pks, name=metric).order_by().values_list("run_id", "series")
    return {pk: Series.from_bytes(series).points() for pk, series in found}


def _grouped(pks: Sequence[int], column: Column, scope: RunScope) -> list[Any]:
    shown = column.source if column.source in VALUES else column.name
    rows = Run.objects.filter(pk__in=pks).defer(*(field for field in _LARGE if field != shown))
    runs = (rows.select_related(_JOINED[shown]) if shown in _JOINED else rows).in_bulk()
    return [row[0] for row in run_values([runs[pk] for pk in pks if pk in runs], [column], scope)]


def run_metric_names(run: Run, find: str = "") -> list[str]:
    """Return the names of a run's numeric metrics in the order of a page: by what stands before the first slash.

    The sweep's metric comes first, then what has no slash. `find` leaves only those whose name holds it.
    """
    names = [name for name in _numeric([run.pk]) if find.casefold() in name.casefold()]
    pursued = run.sweep.metric_name if run.sweep is not None else ""
    return sorted(names, key=lambda name: (name != pursued, metric_prefix(name), _natural(name)))


def metric_prefix(name: str) -> str:
    """Return the group that a metric is shown in: "train" for train/loss, empty for a name without a slash."""
    prefix, slash, _ = name.partition("/")
    return prefix if slash else ""


def _natural(name: str) -> list[tuple[int, str]]:
    """Return what puts layer.9 before layer.10."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part) if place % 2 and len(part) < _DIGITS else 0, part) for place, part in enumerate(parts)]


def run_metric_rows(run: Run, names: Sequence[str]) -> list[RunMetric]:
    """Return the figures of some metrics of a run, without their curves, in the order of `names`."""
    found = {row.name: row for row in RunMetric.objects.filter(run=run, name__in=names).defer("series")}
    return [found[name] for name in names if name in found]


class CountedCurve(NamedTuple):
    """A curve, and how many values the run has logged of its metric."""

    curve: RunCurve
    logged: int


def run_curve(run: Run, metric: str, across: Across = BY_STEP) -> CountedCurve | None:
    """Return the curve of one metric of a run, None where it has none, or nothing that it could be drawn over."""
    curves = compared_curves([run], metric, across)
    logged = RunMetric.objects.filter(run=run, name=metric).values_list("count", flat=True).first()
    return CountedCurve(curves[0], logged) if curves and logged is not None else None
