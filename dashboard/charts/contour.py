"""The metric over two parameters as a filled contour of what runs near each place came to."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

from dashboard.charts.figure import Chart, Table, new_figure, of_total, short_name
from dashboard.charts.points import best_of, drawn_runs, parameter_axis, places_of, run_meta, sample_words, told_of
from sweeps_app.analysis.encoding import AxisColumn
from sweeps_app.analysis.field import Field, Side, local_means, side_of
from sweeps_app.selectors.points import RunPoints

LEVELS = 8
MAX_DRAWN = 800
_BOX = 18  # pixels: a step in the key
_EDGE = 0.499  # how far a category's band reaches to either side

Array = NDArray[np.float64]


class _Steps(NamedTuple):
    """The scale: `edges` (float64[9]) of its steps, and the colour of each step between two."""

    edges: Array
    colors: list[str]


class ContourData(NamedTuple):
    """The field of a metric over two parameters, which are the columns of `points`."""

    metric: str
    goal: str
    points: RunPoints
    across: Side
    up: Side
    field: Field


def contour_data(points: RunPoints, *, metric: str, goal: str) -> ContourData:
    """Return the field of a metric over the two parameters of the points."""
    across, up = (side_of(column) for column in points.axes)
    return ContourData(metric, goal, points, across, up, local_means(across, up, points.metrics[metric], goal=goal))


def contour_chart(data: ContourData, *, run_prefix: str = "") -> Chart:
    """Return the chart; nothing is filled where fewer than three runs are near."""
    values = data.points.metrics[data.metric]
    first, second = data.points.axes
    x, y = places_of(first), places_of(second)
    has_place = ~np.isnan(x) & ~np.isnan(y)
    chosen = drawn_runs(np.where(has_place, values, np.nan), data.goal, MAX_DRAWN)
    if not len(chosen):
        return Chart("", message=f"No run has {first.axis.name}, {second.axis.name} and a finite {data.metric} yet.")
    steps = _steps(data)
    traces = [*_bands(data, steps), _points(data, x, y, chosen, np.arange(len(chosen), dtype=np.int32))]
    best = best_of(np.where(has_place, values, np.nan), data.points.states, data.goal)
    if best is not None:
        look = {"symbol": "diamond", "size": 11, "color": "var(--chart-2)"}
        ring = look | {"line": {"width": 2, "color": "var(--surface)"}}
        traces.append(
            _points(data, x, y, np.array([best]), np.flatnonzero(chosen == best).astype(np.int32), "Best run", ring)
        )
    figure = new_figure(
        traces,
        revision=f"contour {data.metric} {first.axis.name} {second.axis.name}",
        meta={
            "runs": run_meta(data.points.ids, data.points.names, chosen, run_prefix),
            **told_of(first),
            **told_of(second, "y"),
        },
        plot_bgcolor="var(--chart-mask)",
        xaxis=parameter_axis(first, showgrid=False),
        yaxis=parameter_axis(second, showgrid=False),
        margin={"l": 56, "r": 16, "t": 48, "b": 50},
        **(_key(data, steps) if steps else {}),
    )
    return Chart(_caption(data, len(chosen)), figure)


def contour_table(data: ContourData) -> Table:
    """Return the field: a row for each place that has a value."""
    header = (*(column.axis.name for column in data.points.axes), f"mean {data.metric} of the runs near")
    return Table(header, _rows(data))


def _rows(data: ContourData) -> Iterator[tuple[Any, ...]]:
    if not data.field.runs:
        return
    across = _told(data.points.axes[0], data.across)
    up = _told(data.points.axes[1], data.up)
    for i, j in np.argwhere(~np.isnan(data.field.means)).tolist():
        yield across[j], up[i], float(data.field.means[i, j])


def _told(column: AxisColumn, side: Side) -> list[Any]:
    return list(column.labels) if side.is_category else _in_data(column, side, side.places).tolist()


def _in_data(column: AxisColumn, side: Side, units: Array) -> Array:
    """Return units of a side as values of its parameter."""
    if side.is_category:
        return units
    known = column.values[~np.isnan(side.units)]
    low, high = float(known.min()), float(known.max())
    if column.axis.log:
        return np.asarray(low * (high / low) ** units, dtype=np.float64)
    return low + units * (high - low)


def _steps(data: ContourData) -> _Steps | None:
    """Return the steps of the scale, None where the field is empty; the strongest colour is the best end."""
    means = data.field.means
    if np.isnan(means).all():
        return None
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    # Means of one value differ by their rounding alone, of which no scale can be made.
    span = max(high - low, max(abs(low), abs(high)) * 1e-9, 1e-300)
    colors = [f"var(--field-{level})" for level in range(1, LEVELS + 1)]
    if data.goal == "minimize":
        colors.reverse()
    return _Steps(low + span * np.linspace(0, 1, LEVELS + 1), colors)


def _bands(data: ContourData, steps: _Steps | None) -> list[go.Scatter]:
    """Return a filled area for each step of the scale."""
    means = data.field.means
    if steps is None:
        return []
    x, across = _spread(data.across)
    y, up = _spread(data.up)
    grid = means[np.ix_(up, across)]
    maker = contour_generator(x, y, np.ma.masked_invalid(grid), fill_type=FillType.OuterOffset)
    # The outer edges are open, so that no rounding leaves the extremes out.
    inner = steps.edges[1:-1].tolist()
    lower, upper = [-np.inf, *inner], [*inner, np.inf]
    traces = []
    for bottom, top, color in zip(lower, upper, steps.colors, strict=True):
        outline = _outline(maker.filled(bottom, top))
        if len(outline):
            traces.append(_area(data, outline, color))
    return traces


def _spread(side: Side) -> tuple[Array, NDArray[np.intp]]:
    """Return the places of a side for the contour, and of which column of the field each is: categories are bands."""
    indices = np.arange(len(side.places))
    if not side.is_category:
        return side.places, indices
    twice = np.repeat(indices, 2)
    return side.places[twice] + np.tile([-_EDGE, _EDGE], len(indices)), twice


def _outline(filled: Any) -> Array:
    """Return closed lines (float64[m, 2]) one after another, with a gap between them; holes turn the other way."""
    gap = np.full((1, 2), np.nan)
    parts = []
    for points, offsets in zip(*filled, strict=True):
        for start, stop in pairwise(offsets.tolist()):
            parts += [points[start:stop], gap]
    return np.concatenate(parts[:-1]) if parts else np.empty((0, 2))


def _area(data: ContourData, outline: Array, color: str) -> go.Scatter:
    first, second = data.points.axes
    return go.Scatter(
        x=_in_data(first, data.across, outline[:, 0]),
        y=_in_data(second, data.up, outline[:, 1]),
        mode="lines",
        fill="toself",
        fillcolor=color,
        line={"width": 0.6, "color": color},
        hoverinfo="skip",
        showlegend=False,
    )


def _key(data: ContourData, steps: _Steps) -> dict[str, Any]:
    """Return the meaning of the colours, above the right end of the chart, as shapes and texts of a layout."""
    left = -_BOX * LEVELS
    place: dict[str, Any] = {
        "type": "rect",
        "xref": "paper",
        "yref": "paper",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
    }
    place |= {"xanchor": 1, "yanchor": 1, "y0": 10, "y1": 20, "line": {"width": 0}}
    boxes = [
        place | {"x0": left + i * _BOX, "x1": left + (i + 1) * _BOX, "fillcolor": color}
        for i, color in enumerate(steps.colors)
    ]
    text: dict[str, Any] = {"xref": "paper", "yref": "paper", "x": 1, "y": 1, "yanchor": "bottom", "showarrow": False}
    text |= {"font": {"size": 11, "color": "var(--text-soft)"}, "yshift": 20}
    low, high = (f"{edge:.3g}" for edge in (steps.edges[0], steps.edges[-1]))
    told = [
        text | {"text": short_name(data.metric, 18), "xanchor": "right", "xshift": left - 6, "yshift": 6},
        text | {"text": low, "xanchor": "left", "xshift": left},
        text | {"text": high, "xanchor": "right"},
    ]
    return {"shapes": boxes, "annotations": told}


def _points(
    data: ContourData,
    x: Array,
    y: Array,
    runs: NDArray[np.intp],
    told: NDArray[np.int32],
    name: str = "Runs",
    marker: dict[str, Any] | None = None,
) -> go.Scatter:
    values = data.points.metrics[data.metric][runs]
    plain = {"size": 5, "color": "var(--text)", "opacity": 0.7, "line": {"width": 1, "color": "var(--surface)"}}
    return go.Scatter(
        x=x[runs],
        y=y[runs],
        customdata=told,
        mode="markers",
        name=name,
        showlegend=marker is not None,  # the points explain themselves, and a phone has no room for more
        hoverinfo="none",
        marker=marker or plain,
        meta={"value": data.metric, "values": values.tolist()},
    )


def _caption(data: ContourData, shown: int) -> str:
    field = data.field
    capped = "" if field.cap is None else f" What is worse than {field.cap:.3g} counts as that."
    return (
        f"Mean {data.metric} of the runs near each place, from {of_total(field.runs, data.points.total)} "
        f"(Gaussian weights, {field.width:.0%} of the range wide); empty where fewer than three are near."
        f"{sample_words(shown, field.runs, data.goal)}{capped}"
    )
