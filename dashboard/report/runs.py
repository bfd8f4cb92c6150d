"""The runs of a report: the columns of its parallel coordinates, and what its table has besides."""

import base64
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.charts.figure import of_total
from dashboard.report.charts import RUN_PREFIX
from sweeps_app.analysis.encoding import AxisColumn, axis_columns
from sweeps_app.models import Sweep
from sweeps_app.selectors.axes import parameter_axes
from sweeps_app.selectors.curves import curve_names
from sweeps_app.selectors.report_runs import ReportRuns, report_runs
from sweeps_app.selectors.run_columns import RunColumns

MAX_RUNS = 10_000
MAX_METRICS = 20
# Values of all runs together, so that wide tables have fewer runs, but never less than a few hundred.
MAX_CELLS = 320_000
FEWEST_RUNS = 500
_OWN_COLUMNS = 3  # the sweep's metric, when a run was made, and how long it took


class RunsPart(NamedTuple):
    """What the file holds of the runs, and the sentence that says which they are."""

    parallel: dict[str, Any]
    table: dict[str, Any]
    sentence: str


def runs_part(sweep: Sweep) -> RunsPart:
    """Return the runs of a sweep as columns, of at most 10,000 runs; fewer where there are very many columns."""
    axes = parameter_axes(sweep.config)
    metrics = [name for name in curve_names(sweep).metrics if name != sweep.metric_name][:MAX_METRICS]
    width = len(axes) + len(metrics) + _OWN_COLUMNS
    limit = min(max(MAX_CELLS // width, FEWEST_RUNS), MAX_RUNS)
    runs = report_runs(sweep, limit=limit, metrics=metrics)
    table = {
        "created": _encoded(runs.created),
        "seconds": _encoded(runs.seconds),
        "metrics": [
            {"name": f"summary.{name}", "label": name, "values": _encoded(v)} for name, v in runs.metrics.items()
        ],
    }
    return RunsPart(
        _parallel(sweep, runs.columns, axis_columns(runs.columns.configs, axes)), table, _sentence(runs, limit)
    )


def _parallel(sweep: Sweep, runs: RunColumns, columns: Sequence[AxisColumn]) -> dict[str, Any]:
    """Return what `static/js/parallel_coordinates.js` draws; numbers are base64 of little-endian doubles."""
    axes = [_axis(column) for column in columns]
    color = None
    if sweep.metric_name:
        name, values = sweep.metric_name, _encoded(runs.objectives)
        pursued = {"name": name, "label": name, "kind": "number", "log": False, "values": values}
        axes.append(pursued | {"metric": True, "goal": sweep.metric_goal})
        color = {"name": name, "values": values, "goal": sweep.metric_goal}
    return {
        "axes": axes,
        "color": color,
        "runs": {
            "ids": runs.ids,
            "names": runs.names,
            "states": runs.states,
            "urls": [f"{RUN_PREFIX}{run_id}" for run_id in runs.ids],
        },
        "total": runs.total,
        "shown": len(runs),
    }


def _axis(column: AxisColumn) -> dict[str, Any]:
    axis = column.axis
    shown = {"name": f"config.{axis.name}", "label": axis.name, "kind": axis.kind, "log": axis.log, "metric": False}
    labels = {"labels": list(column.labels)} if axis.kind == "category" else {}
    return shown | {"values": _encoded(column.values)} | labels


def _sentence(runs: ReportRuns, limit: int) -> str:
    shown, total = len(runs.columns), runs.columns.total
    if shown == total:
        return f"All {of_total(shown, total)} of the sweep." if total != 1 else "The one run of the sweep."
    if shown < limit:
        return f"{of_total(shown, total)}: the others are hidden from charts."
    return f"{of_total(shown, total)}: evenly spaced in the order in which they were made, and the best one."


def _encoded(values: NDArray[np.float64]) -> str:
    return base64.b64encode(values.astype("<f8").tobytes()).decode()
