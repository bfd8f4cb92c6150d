"""Runs as points: the few parameters and metrics that a chart compares, each a column."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from django.db.models import F, QuerySet
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import MISSING, AxisColumn, ParameterAxis, axis_column
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.json_sql import JsonNumber, JsonRaw


class RunPoints(NamedTuple):
    """Runs in the order in which they were made: one entry a run in each column.

    `metrics` maps a name to float64[n], NaN where a run has no finite number. `total` counts the runs that there are,
    which may be more than those in the columns; what is hidden from charts is counted there alone.
    """

    ids: list[str]
    names: list[str]
    states: list[str]
    axes: list[AxisColumn]
    metrics: Mapping[str, NDArray[np.float64]]
    total: int


def run_points(
    sweep: Sweep, runs: QuerySet[Run], *, axes: Sequence[ParameterAxis] = (), metrics: Sequence[str] = (), limit: int
) -> RunPoints:
    """Return the newest `limit` of some runs of a sweep; only what is asked for is read of their JSON."""
    wanted: dict[str, Any] = {f"axis_{i}": _axis_sql(axis) for i, axis in enumerate(axes)}
    wanted |= {f"metric_{i}": _metric_sql(sweep, name) for i, name in enumerate(metrics)}
    shown = runs.filter(is_hidden=False).order_by("-pk").annotate(**wanted)
    found = list(shown.values_list("run_id", "name", "state", *wanted)[:limit])[::-1]
    columns = list(zip(*found, strict=True)) or [()] * (3 + len(wanted))
    ids, names, states = columns[:3]
    first_metric = 3 + len(axes)
    return RunPoints(
        ids=list(ids),
        names=[name or run_id for name, run_id in zip(names, ids, strict=True)],
        states=list(states),
        axes=[_axis_column(axis, values) for axis, values in zip(axes, columns[3:first_metric], strict=True)],
        metrics={name: _finite(values) for name, values in zip(metrics, columns[first_metric:], strict=True)},
        total=runs.count(),
    )


def _axis_sql(axis: ParameterAxis) -> JsonNumber | JsonRaw:
    return JsonNumber("config", axis.path) if axis.kind == "number" else JsonRaw("config", axis.path)


def _metric_sql(sweep: Sweep, name: str) -> F | JsonNumber:
    return F("objective") if name == sweep.metric_name else JsonNumber("summary", (name,))


def _axis_column(axis: ParameterAxis, values: Sequence[Any]) -> AxisColumn:
    if axis.kind == "number":
        return AxisColumn(axis, _finite(values))
    known = {text: json.loads(text) for text in {*values} - {None}}
    return axis_column(axis, [MISSING if text is None else known[text] for text in values])


def _finite(values: Sequence[float | None]) -> NDArray[np.float64]:
    found = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.where(np.isfinite(found), found, np.nan)
