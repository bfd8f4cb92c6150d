"""All runs of a sweep over its parameters and its metric, as the columns of parallel coordinates."""

import base64
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.charts.figure import Table
from sweeps_app.analysis.encoding import AxisColumn, ParameterAxis, axis_columns
from sweeps_app.selectors.run_columns import RunColumns


class ParallelData(NamedTuple):
    """A column for each parameter that can vary, and the metric; one entry a run in each."""

    columns: list[AxisColumn]
    metric: str
    goal: str
    objectives: NDArray[np.float64]
    ids: list[str]
    names: list[str]
    states: list[str]
    total: int


def parallel_data(runs: RunColumns, axes: Sequence[ParameterAxis], *, metric: str, goal: str) -> ParallelData:
    """Return the columns of the runs, whose configs must be there."""
    columns = axis_columns(runs.configs, axes)
    return ParallelData(columns, metric, goal, runs.objectives, runs.ids, runs.names, runs.states, runs.total)


def parallel_json(data: ParallelData, *, run_prefix: str) -> dict[str, Any]:
    """Return what `static/js/parallel_coordinates.js` draws; numbers are base64 of little-endian doubles."""
    axes = [_axis_json(column) for column in data.columns]
    color = None
    if data.metric:
        values = _encoded(data.objectives)
        metric = {"name": data.metric, "label": data.metric, "kind": "number", "log": False, "values": values}
        axes.append(metric | {"metric": True, "goal": data.goal})
        color = {"name": data.metric, "values": values, "goal": data.goal}
    return {
        "axes": axes,
        "color": color,
        "runs": {
            "ids": data.ids,
            "names": data.names,
            "states": data.states,
            "urls": [f"{run_prefix}{run_id}" for run_id in data.ids],
        },
        "total": data.total,
        "shown": len(data.ids),
    }


def parallel_table(data: ParallelData) -> Table:
    """Return the numbers of the chart: categories by their labels, nothing where a run has no value."""
    header = ["run", "name", "state", *(column.axis.name for column in data.columns)]
    columns = [_readable(column.values, column.labels) for column in data.columns]
    if data.metric:
        header.append(data.metric)
        columns.append(_readable(data.objectives, ()))
    return Table(header, zip(data.ids, data.names, data.states, *columns, strict=True))


def _axis_json(column: AxisColumn) -> dict[str, Any]:
    name = column.axis.name
    shown = {"name": f"config.{name}", "label": name, "kind": column.axis.kind, "log": column.axis.log}
    labels = {"labels": list(column.labels)} if column.axis.kind == "category" else {}
    return shown | {"values": _encoded(column.values), "metric": False} | labels


def _encoded(values: NDArray[np.float64]) -> str:
    return base64.b64encode(values.astype("<f8").tobytes()).decode()


def _readable(values: NDArray[np.float64], labels: Sequence[str]) -> list[Any]:
    return [None if value != value else labels[int(value)] if labels else value for value in values.tolist()]
