"""The sweep's metric of each run over time, with the best so far."""

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.figure import Chart, Table, axis, new_figure, of_total, runs_told, time_unit
from sweeps_app.selectors.run_columns import RunColumns

_FAILURES = ("failed", "crashed")
_ACTIVE = ("pending", "running", "preempting")

# group -> (label, colour, symbol, opacity)
_LOOKS = {
    "ended": ("Ended", "var(--chart-1)", "circle", 0.6),
    "active": ("Under way", "var(--state-running)", "circle-open", 1.0),
    "failed": ("Failed or crashed", "var(--danger)", "x-thin", 1.0),
}


class ObjectiveData(NamedTuple):
    """The runs that have a value, in the order in which they got it; one entry a run in each column.

    `elapsed` is in seconds since `start`. `best` is the best value of any run up to here that did not fail, NaN before
    the first one; without a `goal` there is no best.
    """

    metric: str
    goal: str
    ids: list[str]
    names: list[str]
    states: list[str]
    elapsed: NDArray[np.float64]
    values: NDArray[np.float64]
    best: NDArray[np.float64]
    total: int


def objective_data(columns: RunColumns, *, metric: str, goal: str, start: float) -> ObjectiveData:
    """Return what the chart shows of the runs; `start` is the beginning of the sweep in seconds since the epoch."""
    with_value = np.flatnonzero(np.isfinite(columns.objectives))
    order = with_value[np.argsort(columns.times[with_value], kind="stable")]
    states = [columns.states[i] for i in order]
    values = columns.objectives[order]
    counts = np.array([state not in _FAILURES for state in states], dtype=np.bool_)
    return ObjectiveData(
        metric=metric,
        goal=goal,
        ids=[columns.ids[i] for i in order],
        names=[columns.names[i] for i in order],
        states=states,
        elapsed=np.maximum(columns.times[order] - start, 0.0),
        values=values,
        best=_best_so_far(np.where(counts, values, np.nan), goal),
        total=columns.total,
    )


def objective_chart(data: ObjectiveData, *, by_order: bool = False, log: bool = False, run_prefix: str = "") -> Chart:
    """Return the chart, over time or over the order of the runs."""
    if not len(data.values):
        return Chart("", message=_nothing(data))
    x, x_title = _x(data, by_order=by_order)
    traces = [trace for group in _LOOKS if (trace := _points(data, x, group)) is not None]
    if data.goal:
        traces.append(_best_line(x, data.best))
    meta = {"runs": runs_told(data.ids, data.names, run_prefix), "x": x_title, "y": data.metric}
    figure = new_figure(
        traces,
        revision=f"objective {data.metric} {x_title} {log}",
        meta=meta,
        xaxis=axis(x_title, rangemode="tozero", zeroline=False),
        yaxis=axis(data.metric, log=log, zeroline=False),
    )
    return Chart(_caption(data, log=log), figure)


def objective_table(data: ObjectiveData) -> Table:
    """Return the numbers of the chart."""
    header = ("run", "name", "state", "seconds", data.metric or "objective", "best so far")
    columns = (data.ids, data.names, data.states, data.elapsed.round(3).tolist(), data.values.tolist())
    best = [None if np.isnan(value) else value for value in data.best.tolist()]
    return Table(header, zip(*columns, best, strict=True))


def _best_so_far(values: NDArray[np.float64], goal: str) -> NDArray[np.float64]:
    if not goal:
        return np.full(len(values), np.nan)
    accumulate = np.fmax.accumulate if goal == "maximize" else np.fmin.accumulate
    best: NDArray[np.float64] = accumulate(values)
    return best


def _x(data: ObjectiveData, *, by_order: bool) -> tuple[NDArray[np.float64], str]:
    if by_order:
        return np.arange(1, len(data.values) + 1, dtype=np.float64), "Runs, in the order of their results"
    size, unit = time_unit(float(data.elapsed.max()))
    return data.elapsed / size, f"{unit.capitalize()} since the sweep began"


def _group(state: str) -> str:
    return "failed" if state in _FAILURES else "active" if state in _ACTIVE else "ended"


def _points(data: ObjectiveData, x: NDArray[np.float64], group: str) -> go.Scatter | None:
    rows = np.array([i for i, state in enumerate(data.states) if _group(state) == group], dtype=np.int32)
    if not len(rows):
        return None
    label, color, symbol, opacity = _LOOKS[group]
    line = {"width": 1.5, "color": color} if symbol != "circle" else {"width": 0}
    return go.Scatter(
        x=x[rows],
        y=data.values[rows],
        customdata=rows,
        mode="markers",
        name=label,
        hoverinfo="none",
        cliponaxis=False,
        marker={"symbol": symbol, "size": 6, "color": color, "opacity": opacity, "line": line},
    )


def _best_line(x: NDArray[np.float64], best: NDArray[np.float64]) -> go.Scatter:
    line = {"shape": "hv", "width": 2, "color": "var(--chart-2)"}
    return go.Scatter(x=x, y=best, mode="lines", name="Best so far", hoverinfo="skip", line=line)


def _caption(data: ObjectiveData, *, log: bool) -> str:
    shown = of_total(len(data.values), data.total)
    hidden = int((data.values <= 0).sum()) if log else 0
    left_out = f" {hidden:,} without a positive value cannot be on a log scale." if hidden else ""
    best = f"the line is the best so far ({data.goal})" if data.goal else "the sweep has no goal for it, so no best one"
    return f"{data.metric} of {shown}; {best}.{left_out}"


def _nothing(data: ObjectiveData) -> str:
    if not data.metric:
        return "This sweep names no metric, so runs cannot be compared."
    return f"No run has logged a finite {data.metric} yet."
