"""What a forest predicts for each value of a parameter: a curve with its band, or points for categories."""

from itertools import groupby
from typing import Any, NamedTuple

import plotly.graph_objects as go

from dashboard.charts.analysed import Analysed
from dashboard.charts.figure import Chart, Table, axis, new_figure, short_name
from sweeps_app.analysis.results import Dependence

_MASK = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0}}


class DependenceData(NamedTuple):
    """The curve of one parameter, None where there is none; `wanted` is the one that was asked for, or nothing."""

    analysed: Analysed
    wanted: str
    curve: Dependence | None


def dependence_data(analysed: Analysed, *, parameter: str) -> DependenceData:
    """Return the curve of `parameter`, or of the most important one where none is named."""
    curves = analysed.importance.dependence if analysed.importance else ()
    found = (curve for curve in curves if parameter in ("", curve.parameter))
    return DependenceData(analysed, parameter, next(found, None))


def dependence_chart(data: DependenceData) -> Chart:
    """Return the chart; where too few runs are near, it is shaded, and the curve is dotted."""
    curve = data.curve
    if curve is None:
        return data.analysed.nothing(f"{data.wanted or 'No parameter'} varies between the runs.")
    is_number = curve.kind == "number"
    figure = new_figure(
        _lines(curve) if is_number else [_points(curve)],
        revision=f"dependence {data.analysed.metric} {curve.parameter}",
        meta={"rows": True},
        showlegend=False,
        shapes=_masks(curve) if is_number else [],
        xaxis=axis(curve.parameter, log=curve.log, zeroline=False) if is_number else _categories(curve),
        yaxis=axis(data.analysed.metric, zeroline=False),
    )
    return Chart(_caption(data.analysed, curve), figure, retry_after=data.analysed.retry_after)


def dependence_table(data: DependenceData) -> Table:
    """Return the numbers of the chart."""
    curve = data.curve
    header = (curve.parameter if curve else "value", "prediction", "low", "high", "runs near", "supported")
    if curve is None:
        return Table(header, ())
    return Table(header, zip(curve.ticks, curve.means, curve.low, curve.high, curve.near, curve.supported, strict=True))


def _lines(curve: Dependence) -> list[go.Scatter]:
    ticks = list(curve.ticks)
    hidden = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        go.Scatter(x=ticks, y=list(curve.low), **hidden),
        go.Scatter(x=ticks, y=list(curve.high), fill="tonexty", fillcolor="var(--chart-band)", **hidden),
        go.Scatter(
            x=ticks,
            y=list(curve.means),
            mode="lines",
            hoverinfo="skip",
            line={"color": "var(--chart-1)", "width": 1.2, "dash": "dot"},
        ),
        go.Scatter(
            x=ticks,
            y=[mean if ok else None for mean, ok in zip(curve.means, curve.supported, strict=True)],
            mode="lines+markers",
            connectgaps=False,
            hoverinfo="none",
            customdata=_told(curve),
            line={"color": "var(--chart-1)", "width": 2},
            marker={"size": 5, "color": "var(--chart-1)"},
        ),
    ]


def _points(curve: Dependence) -> go.Scatter:
    return go.Scatter(
        x=list(range(len(curve.ticks))),
        y=list(curve.means),
        mode="markers",
        hoverinfo="none",
        customdata=_told(curve),
        marker={
            "size": 9,
            "color": "var(--chart-1)",
            "symbol": ["circle" if ok else "circle-open" for ok in curve.supported],
        },
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [high - mean for high, mean in zip(curve.high, curve.means, strict=True)],
            "arrayminus": [mean - low for low, mean in zip(curve.low, curve.means, strict=True)],
            "color": "var(--text-soft)",
            "thickness": 1.2,
            "width": 4,
        },
    )


def _categories(curve: Dependence) -> dict[str, Any]:
    labels = [short_name(str(tick), 18) for tick in curve.ticks]
    places = list(range(len(labels)))
    return axis(curve.parameter, zeroline=False, tickvals=places, ticktext=labels, range=[-0.5, len(labels) - 0.5])


def _told(curve: Dependence) -> list[list[tuple[str, Any]]]:
    """Return what the tooltip tells of each value."""
    figures = zip(curve.ticks, curve.means, curve.low, curve.high, curve.near, strict=True)
    return [
        [(curve.parameter, tick), ("Prediction", mean), ("95 %", f"{low:.4g} to {high:.4g}"), ("Runs near", near)]
        for tick, mean, low, high, near in figures
    ]


def _masks(curve: Dependence) -> list[dict[str, Any]]:
    """Return a shade over each stretch without runs, from the value before it to the value after it."""
    found, last = [], len(curve.ticks) - 1
    for ok, group in groupby(range(len(curve.ticks)), key=lambda i: curve.supported[i]):
        places = list(group)
        if not ok:
            ends = {"x0": curve.ticks[max(places[0] - 1, 0)], "x1": curve.ticks[min(places[-1] + 1, last)]}
            found.append(_MASK | ends | {"fillcolor": "var(--chart-mask)"})
    return found


def _caption(analysed: Analysed, curve: Dependence) -> str:
    runs = analysed.importance.runs if analysed.importance else 0
    bad = not all(curve.supported)
    if curve.kind == "number":
        band, mask = "the band holds", " Shaded and dotted: fewer than three runs are near." if bad else ""
    else:
        band, mask = "whiskers hold", " Open circles: fewer than three runs." if bad else ""
    return (
        f"What the forest predicts of {analysed.metric} for values of {curve.parameter}, all else as in the runs "
        f"(partial dependence), from {analysed.counted(runs)}; {band} 95 % by bootstrap.{mask}"
    )
