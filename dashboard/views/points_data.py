"""The numbers behind the charts that compare runs by a few parameters or metrics, or by the agents that had them."""

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from django.db.models import QuerySet
from django.http import QueryDict
from numpy.typing import NDArray

from dashboard.charts.contour import ContourData, contour_chart, contour_data, contour_table
from dashboard.charts.figure import Chart, Table
from dashboard.charts.pareto import ParetoData, Pursued, pareto_chart, pareto_data, pareto_table
from dashboard.charts.slice import PANELS, SliceData, slice_chart, slice_table
from dashboard.charts.timeline import TimelineData, timeline_chart, timeline_data, timeline_table
from dashboard.importance_choice import read_choice
from dashboard.selection.reading import runs_of
from dashboard.views.page import address
from sweeps_app.models import Run, Sweep
from sweeps_app.search.told import metrics_of
from sweeps_app.selectors.analysed_runs import target_names
from sweeps_app.selectors.axes import parameter_axes
from sweeps_app.selectors.importance_order import by_importance
from sweeps_app.selectors.points import run_points
from sweeps_app.selectors.spans import run_spans

MAX_RUNS = 20_000
_COLUMNS = (1, 2, 3, 6)
_GOALS = ("minimize", "maximize")


def runs_shown(sweep: Sweep, options: QueryDict) -> QuerySet[Run]:
    """Return the runs that these charts are about: those that the address selects, else all of the sweep."""
    selected = runs_of(sweep, options)
    return Run.objects.filter(sweep=sweep) if selected is None else selected


def chosen_metric(sweep: Sweep, options: QueryDict) -> Pursued:
    """Return the metric that the address names, else the first that the sweep pursues; without a goal for others."""
    goals = metric_goals(sweep)
    name = read_choice(options).target or next(iter(goals), "")
    return Pursued(name, goals.get(name, ""))


def metric_goals(sweep: Sweep) -> dict[str, str]:
    """Return the goal of each metric that the sweep pursues."""
    return {metric["name"]: metric["goal"] for metric in metrics_of(sweep.config)}


def metric_of(sweep: Sweep, options: QueryDict, ids: Sequence[str], metric: str, *, limit: int) -> NDArray[np.float64]:
    """Return a metric of the runs `ids` that the address selects, float64[n]: NaN where a run has none."""
    points = run_points(sweep, runs_shown(sweep, options), metrics=(metric,), limit=limit)
    found = dict(zip(points.ids, points.metrics[metric].tolist(), strict=True))
    return np.array([found.get(run_id, np.nan) for run_id in ids], dtype=np.float64)


def slice_figure(sweep: Sweep, options: QueryDict) -> Chart:
    """Return the metric against each parameter of a page."""
    if not chosen_metric(sweep, options).name:
        return _without_metric()
    columns = _whole(options, "columns")
    return slice_chart(
        _slice(sweep, options),
        columns=columns if columns in _COLUMNS else _COLUMNS[2],
        log=options.get("scale") == "log",
        run_prefix=_run_prefix(sweep),
    )


def slice_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the same as a table."""
    return slice_table(_slice(sweep, options))


def slice_pages(parameters: int) -> list[str]:
    """Return what each page of slices is called."""
    firsts = range(0, parameters, PANELS)
    return [f"{first + 1} to {min(first + PANELS, parameters)} of {parameters}" for first in firsts]


def contour_figure(sweep: Sweep, options: QueryDict) -> Chart:
    """Return the metric over two parameters."""
    found = _contour(sweep, options)
    return contour_chart(found, run_prefix=_run_prefix(sweep)) if isinstance(found, ContourData) else found


def contour_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the same as a table."""
    found = _contour(sweep, options)
    return contour_table(found) if isinstance(found, ContourData) else Table(("across", "up", "mean"), ())


def pareto_figure(sweep: Sweep, options: QueryDict) -> Chart:
    """Return the front of two metrics."""
    found = _pareto(sweep, options)
    return pareto_chart(found, run_prefix=_run_prefix(sweep))


def pareto_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the same as a table."""
    return pareto_table(_pareto(sweep, options))


def timeline_figure(sweep: Sweep, options: QueryDict) -> Chart:
    """Return the runs by agent, in the zone that the address names."""
    return timeline_chart(_timeline(sweep, options), zone=_zone(options.get("zone", "")), run_prefix=_run_prefix(sweep))


def timeline_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the same as a table."""
    return timeline_table(_timeline(sweep, options))


class ParetoChoice(NamedTuple):
    """Two metrics that can be looked at together, and all that there are."""

    across: Pursued
    up: Pursued
    names: list[str]


def pareto_choice(sweep: Sweep, names: list[str], options: QueryDict) -> ParetoChoice:
    """Return the metrics that the address names, else the first two of `names`, with the goals of the sweep."""
    goals = metric_goals(sweep)

    def pursued(field: str, place: int) -> Pursued:
        default = names[place] if place < len(names) else ""
        name = options.get(field, "").replace("\x00", "") or default
        goal = options.get(f"{field}_goal", "")
        return Pursued(name, goal if goal in _GOALS else goals.get(name, _GOALS[0]))

    return ParetoChoice(pursued("across", 0), pursued("up", 1), names)


def _pareto(sweep: Sweep, options: QueryDict) -> ParetoData:
    choice = pareto_choice(sweep, target_names(sweep), options)
    metrics = tuple(dict.fromkeys((choice.across.name, choice.up.name)))
    points = run_points(sweep, runs_shown(sweep, options), metrics=metrics, limit=MAX_RUNS)
    return pareto_data(points, across=choice.across, up=choice.up)


def _slice(sweep: Sweep, options: QueryDict) -> SliceData:
    metric = chosen_metric(sweep, options)
    axes = by_importance(sweep, metric.name, parameter_axes(sweep.config))
    last = max(-(-len(axes) // PANELS) - 1, 0)
    first = min(max(_whole(options, "page"), 1) - 1, last) * PANELS
    page = axes[first : first + PANELS]
    points = run_points(sweep, runs_shown(sweep, options), axes=page, metrics=(metric.name,), limit=MAX_RUNS)
    return SliceData(metric.name, metric.goal, points, first, len(axes))


def _contour(sweep: Sweep, options: QueryDict) -> ContourData | Chart:
    metric = chosen_metric(sweep, options)
    if not metric.name:
        return _without_metric()
    axes = by_importance(sweep, metric.name, parameter_axes(sweep.config))
    if len(axes) < 2:
        return Chart("", message="A contour needs two parameters that vary.")
    by_name = {axis.name: axis for axis in axes}
    across = by_name.get(options.get("across", "")) or next(a for a in axes if a.name != options.get("up"))
    up = by_name.get(options.get("up", "")) or next(axis for axis in axes if axis != across)
    if across == up:
        return Chart("", message="Choose two different parameters.")
    points = run_points(sweep, runs_shown(sweep, options), axes=(across, up), metrics=(metric.name,), limit=MAX_RUNS)
    return contour_data(points, metric=metric.name, goal=metric.goal)


def _timeline(sweep: Sweep, options: QueryDict) -> TimelineData:
    return timeline_data(run_spans(sweep, runs_shown(sweep, options), limit=MAX_RUNS))


def _without_metric() -> Chart:
    return Chart("", message="The sweep names no metric: choose one above, under “Parameter importance”.")


def _run_prefix(sweep: Sweep) -> str:
    return address(sweep.project.entity.name, sweep.project.name, "runs", "")


def _whole(options: QueryDict, name: str) -> int:
    text = options.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _zone(name: str) -> ZoneInfo:
    """Return a zone by its name, UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
