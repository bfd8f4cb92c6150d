"""The metric against each parameter by itself, in small multiples."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.figure import Chart, Table, axis, new_figure, of_total, short_name
from dashboard.charts.points import (
    ORDER_SCALE,
    Indices,
    best_of,
    drawn_runs,
    order_legend,
    parameter_axis,
    places_of,
    run_meta,
    sample_words,
    told_of,
)
from sweeps_app.analysis.encoding import AxisColumn
from sweeps_app.analysis.field import worst_fence
from sweeps_app.selectors.points import RunPoints

PANELS = 6
MAX_DRAWN = 600  # runs, each once a panel
_GAP = 0.035
_ROW_GAP = 0.22  # room for the title of an axis, as a share of a row
_HEIGHT, _MARGIN = 13, 4  # rem: of a row, and around them


class SliceData(NamedTuple):
    """A page of the parameters, of `parameters` that vary; `first` of them, the more important ones, come before it."""

    metric: str
    goal: str
    points: RunPoints
    first: int
    parameters: int

    @property
    def values(self) -> NDArray[np.float64]:
        """The metric, float64[n]."""
        return self.points.metrics[self.metric]


def slice_chart(data: SliceData, *, columns: int = 3, log: bool = False, run_prefix: str = "") -> Chart:
    """Return the chart with `columns` panels beside one another; all share the vertical axis."""
    if not data.points.axes:
        return Chart("", message="No parameter of this sweep can vary.")
    chosen = drawn_runs(data.values, data.goal, MAX_DRAWN)
    if not len(chosen):
        return Chart("", message=f"No run has logged a finite {data.metric} yet.")
    view, beyond = (None, 0) if log else _view(data.values[chosen], data.goal)
    vertical = {"log": log} | ({"range": view} if view else {})
    traces: list[go.Scatter] = []
    layout: dict[str, Any] = {}
    for i, column in enumerate(data.points.axes):
        suffix = "" if i == 0 else str(i + 1)
        traces += _panel(data, column, chosen, suffix, is_first=i == 0)
        layout |= _axes(data, column, i, columns, suffix, vertical)
    rows = -(-len(data.points.axes) // columns)
    figure = new_figure(
        [*traces, *order_legend()],
        revision=f"slice {data.metric} {data.first} {columns} {log}",
        meta={
            "runs": run_meta(data.points.ids, data.points.names, chosen, run_prefix),
            "y": data.metric,
            "height": rows * _HEIGHT + _MARGIN,
        },
        margin={"l": 56, "r": 16, "t": 48, "b": 50},
        **layout,
    )
    return Chart(_caption(data, len(chosen), beyond), figure)


def slice_table(data: SliceData) -> Table:
    """Return the runs with the parameters of the page and the metric; nothing where a run has no value."""
    header = ("run", "name", "state", *(column.axis.name for column in data.points.axes), data.metric or "objective")
    columns = [readable(column.values.tolist(), column.labels) for column in data.points.axes]
    values = readable(data.values.tolist(), ())
    return Table(header, zip(data.points.ids, data.points.names, data.points.states, *columns, values, strict=True))


def readable(values: Sequence[float], labels: Sequence[str]) -> list[Any]:
    """Return values for a table: labels by their text, None for what is missing."""
    return [None if value != value else labels[int(value)] if labels else value for value in values]


def _panel(data: SliceData, column: AxisColumn, chosen: Indices, suffix: str, *, is_first: bool) -> list[go.Scatter]:
    x = places_of(column)
    order = chosen.astype(np.float64)
    shared: dict[str, Any] = {
        "mode": "markers",
        "hoverinfo": "none",
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "meta": told_of(column),
    }
    marks = {"size": 5, "opacity": 0.75, "color": order, "colorscale": ORDER_SCALE}
    marks |= {"cmin": float(order[0]), "cmax": max(float(order[-1]), float(order[0]) + 1)}
    rows = np.arange(len(chosen), dtype=np.int32)
    found = [
        go.Scatter(
            x=x[chosen],
            y=data.values[chosen],
            customdata=rows,
            name="Runs",
            showlegend=False,
            marker=marks,
            **shared,
        )
    ]
    best = best_of(data.values, data.points.states, data.goal)
    if best is None or not (chosen == best).any():
        return found
    ring = {"symbol": "diamond-open", "size": 11, "color": "var(--chart-2)", "line": {"width": 2}}
    place = rows[chosen == best]
    shared |= {"name": "Best run", "showlegend": is_first, "marker": ring}
    top = go.Scatter(x=x[[best]], y=data.values[[best]], customdata=place, **shared)
    return [*found, top]


def _axes(
    data: SliceData, column: AxisColumn, i: int, columns: int, suffix: str, vertical: dict[str, Any]
) -> dict[str, Any]:
    rows = -(-len(data.points.axes) // columns)
    row, place = divmod(i, columns)
    width, height = 1 / columns, 1 / rows
    left = place * width + (_GAP / columns if place else 0)
    bottom = 1 - (row + 1) * height + (_ROW_GAP * height if rows > 1 and row < rows - 1 else 0)
    missing = int(np.isnan(places_of(column)).sum())
    title = short_name(column.axis.name) + (f" ({missing:,} without)" if missing else "")
    is_left = place == 0
    return {
        f"xaxis{suffix}": parameter_axis(column, title, nticks=5)
        | {"domain": [left, (place + 1) * width], "anchor": f"y{suffix}"},
        f"yaxis{suffix}": axis(short_name(data.metric) if is_left else "", zeroline=False, **vertical)
        | {"domain": [bottom, 1 - row * height], "anchor": f"x{suffix}", "showticklabels": is_left}
        | ({"matches": "y"} if i else {}),
    }


def _view(values: NDArray[np.float64], goal: str) -> tuple[list[float] | None, int]:
    """Return what the vertical axis spans at first, and how many runs are far worse than most, and beyond."""
    fence = worst_fence(values, goal)
    if fence is None:
        return None, 0
    low, high = (fence, float(values.max())) if goal == "maximize" else (float(values.min()), fence)
    room = 0.05 * (high - low)
    return [low - room, high + room], int((values < fence).sum() if goal == "maximize" else (values > fence).sum())


def _caption(data: SliceData, shown: int, beyond: int) -> str:
    known = int((~np.isnan(data.values)).sum())
    last = data.first + len(data.points.axes)
    which = "" if data.parameters <= PANELS else f" Parameters {data.first + 1} to {last} of {data.parameters}."
    cut = f" {beyond:,} far worse ones are beyond the axis: reset the zoom to see them." if beyond else ""
    return (
        f"{data.metric} of {of_total(known, data.points.total)} against each parameter, coloured by the order of the "
        f"runs.{sample_words(shown, known, data.goal)}{cut}{which}"
    )
