"""The numbers behind the chart of the hypervolume: the finished runs of a sweep by all metrics that it pursues."""

import math

import numpy as np
from django.http import QueryDict

from dashboard.charts.figure import Chart, Table
from dashboard.charts.hypervolume import HypervolumeData, hypervolume_chart, hypervolume_data, hypervolume_table
from dashboard.charts.pareto import Pursued
from dashboard.views.page import address
from dashboard.views.points_data import MAX_RUNS, metric_goals, runs_shown
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.points import run_points
from sweeps_app.selectors.run_columns import run_columns


def hypervolume_figure(sweep: Sweep, options: QueryDict) -> Chart:
    """Return the hypervolume over time."""
    try:
        found = _hypervolume(sweep, options)
    except InvalidInput as error:
        return Chart("", message=str(error))
    prefix = address(sweep.project.entity.name, sweep.project.name, "runs", "")
    return hypervolume_chart(found, by_order=options.get("x") == "order", run_prefix=prefix)


def hypervolume_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the same as a table; raises `InvalidInput` for a reference that is none."""
    return hypervolume_table(_hypervolume(sweep, options))


def _hypervolume(sweep: Sweep, options: QueryDict) -> HypervolumeData:
    metrics = [Pursued(name, goal) for name, goal in metric_goals(sweep).items()]
    reference = _reference(options.get("reference", ""), [metric.name for metric in metrics])
    runs = runs_shown(sweep, options).filter(state=Run.State.FINISHED)
    points = run_points(sweep, runs, metrics=[metric.name for metric in metrics], limit=MAX_RUNS)
    columns = run_columns(sweep, limit=MAX_RUNS, among=runs)
    ends = dict(zip(columns.ids, columns.times.tolist(), strict=True))
    times = np.array([ends.get(run_id, np.nan) for run_id in points.ids], dtype=np.float64)
    start = (sweep.started_at or sweep.created_at).timestamp()
    return hypervolume_data(points, times, metrics=metrics, start=start, reference=reference)


def _reference(text: str, names: list[str]) -> list[float] | None:
    """Return the numbers of a text with commas between them, None for an empty one."""
    if not text.strip():
        return None
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != len(names) or not all(map(math.isfinite, found)):
        told = f"must be {len(names)} numbers with commas between them, for {', '.join(names)}"
        raise InvalidInput.of("reference", told)
    return found
