"""A metric of many runs in one chart, each run a line; by groups or together with a band in `curve_bands.py`."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.bands import BandsData, band_lines, band_trace
from dashboard.charts.curve_axis import CurveAxis, curve_axis, left_out
from dashboard.charts.curve_options import AS_LOGGED, CurveOptions
from dashboard.charts.curve_words import chosen_words, group_words, hidden_words, smoothing_words
from dashboard.charts.figure import Chart, Table, axis, new_figure, plural, runs_told
from dashboard.charts.line_looks import line_look
from sweeps_app.analysis.run_choice import groups_of
from sweeps_app.analysis.smoothing import smoothed
from sweeps_app.selectors.curves import SweepCurves

MAX_POINTS = 60_000  # of all curves together: what a browser draws in a blink
FEW = 40  # runs that are few enough to show what was logged behind what is smoothed
_OTHERS = "Other runs"
_FEWEST = 24  # points that a curve keeps however many there are


class CurvesData(NamedTuple):
    """Curves joined end to end, with a NaN after each: one entry a point in each array.

    `runs` is the index into `ids`, `names` and `states`. `across` is what the values are drawn over, and `x` the same
    in the units of the axis. `values` are smoothed where that is asked for, and `logged` is what they were, empty where
    there are too many runs to show both. `best` is the index of the run to highlight, or None.
    """

    found: SweepCurves
    ids: list[str]
    names: list[str]
    states: list[str]
    runs: NDArray[np.int32]
    steps: NDArray[np.float64]
    across: NDArray[np.float64]
    x: NDArray[np.float64]
    values: NDArray[np.float64]
    logged: NDArray[np.float64]
    axis: CurveAxis
    best: int | None


def curves_data(found: SweepCurves, options: CurveOptions = AS_LOGGED, *, best_id: str | None = None) -> CurvesData:
    """Return the points of all curves, thinned so that they stay below 60,000 together; extremes are kept."""
    curves = found.curves
    limit = max(MAX_POINTS // max(len(curves), 1), _FEWEST)
    shown = curve_axis(options, [curve.x for curve in curves])
    values = [smoothed(curve.values, options.smoothing) for curve in curves]
    places = [kept_places(value, limit) for value in values]
    ids = [curve.run_id for curve in curves]
    has_both = options.smoothing is not None and len(curves) <= FEW
    return CurvesData(
        found=found,
        ids=ids,
        names=[curve.name for curve in curves],
        states=[curve.state for curve in curves],
        runs=_end_to_end([np.full(len(kept), i) for i, kept in enumerate(places)], last=True).astype(np.int32),
        steps=_end_to_end([curve.steps[kept] for curve, kept in zip(curves, places, strict=True)]),
        across=_end_to_end([curve.x[kept] for curve, kept in zip(curves, places, strict=True)]),
        x=_end_to_end([shown.shown(curve.x[kept]) for curve, kept in zip(curves, places, strict=True)]),
        values=_end_to_end([value[kept] for value, kept in zip(values, places, strict=True)]),
        logged=_end_to_end([c.values[kept] for c, kept in zip(curves, places, strict=True)] if has_both else []),
        axis=shown,
        best=ids.index(best_id) if best_id in ids else None,
    )


def kept_places(values: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """Return the places of at most about `limit` points: the least and the greatest of equal buckets, and both ends."""
    n = len(values)
    if n <= limit:
        return np.arange(n)
    width = -(-n // max(limit // 2 - 1, 1))
    padded = np.append(values, np.full(-n % width, values[-1])).reshape(-1, width)
    starts = np.arange(len(padded)) * width
    kept = np.concatenate([starts + padded.argmin(axis=1), starts + padded.argmax(axis=1), [0, n - 1]])
    return np.unique(np.minimum(kept, n - 1))


def curves_chart(
    data: CurvesData, options: CurveOptions = AS_LOGGED, *, bands: BandsData | None = None, run_prefix: str = ""
) -> Chart:
    """Return the chart of many runs, by groups or with the best and those under way in front; over them the bands."""
    found = data.found
    if not data.ids:
        return Chart("", message=nothing(found, data.axis))
    traces = _grouped(data) if found.grouped else _layers(data)
    has_bands = bands is not None and len(bands.bands) > 0
    y = found.metric + (", smoothed" if options.smoothing else "")
    figure = new_figure(
        [*traces, band_trace(bands)] if bands is not None and has_bands else traces,
        revision=f"curves {options.revision}",
        meta={
            "runs": runs_told(data.ids, data.names, run_prefix),
            "x": data.axis.name,
            "y": y,
        },
        xaxis=data.axis.layout(),
        yaxis=axis(found.metric, log=options.log_y, zeroline=False),
        shapes=band_lines(bands) if bands is not None else [],
    )
    return Chart(_caption(data, options, bands), figure)


def curves_table(data: CurvesData) -> Table:
    """Return the points of the chart."""
    across = data.axis.across
    more = () if across.kind == "step" else (across.metric or across.kind,)
    return Table(("run", "name", "step", *more, data.found.metric or "value"), _points(data))


def nothing(found: SweepCurves, axis: CurveAxis) -> str:
    """Return why there are no curves."""
    if found.placeless:
        return f"None of {plural(found.placeless, 'run')} with {found.metric} has logged a {axis.words} beside it."
    return f"No run has logged {found.metric} yet." if found.metric else "No metric is logged yet."


def _points(data: CurvesData) -> Iterator[tuple[Any, ...]]:
    has_more = data.axis.across.kind != "step"
    columns = (data.runs.tolist(), data.steps.tolist(), data.across.tolist(), data.values.tolist())
    for run, step, place, value in zip(*columns, strict=True):
        if not np.isnan(step):
            yield (data.ids[run], data.names[run], int(step), *((place,) if has_more else ()), value)


def _layers(data: CurvesData) -> list[go.Scatter]:
    is_best = data.runs == (-1 if data.best is None else data.best)
    active = np.array([state in ("running", "preempting") for state in data.states], dtype=np.bool_)[data.runs]
    layers = [
        (_OTHERS, ~is_best & ~active, {"color": _quiet(len(data.ids)), "width": 1.0}),
        ("Under way", active & ~is_best, {"color": "var(--state-running)", "width": 1.2}),
        ("Best run", is_best, {"color": "var(--chart-2)", "width": 2.2}),
    ]
    return [line for layer in layers if layer[1].any() for line in _lines(data, *layer)]


def _grouped(data: CurvesData) -> list[go.Scatter]:
    traces: list[go.Scatter] = []
    for place, group in enumerate(groups_of(data.found.grouped)):
        look = {"color": line_look(place)["color"], "width": 1.2}  # dashes of many lines would be a blur
        traces += _lines(data, group.label, np.isin(data.runs, group.members), look)
    return traces


def _lines(data: CurvesData, name: str, mask: NDArray[np.bool_], look: dict[str, Any]) -> list[go.Scatter]:
    """Return the line of some runs; what was logged lies fainter behind what is smoothed."""
    points = np.bincount(data.runs[mask])
    has_dots = bool((points == 2).any())  # a value and the gap after it: a line alone would not show
    front = go.Scatter(
        x=data.x[mask],
        y=data.values[mask],
        customdata=data.runs[mask],
        mode="lines+markers" if has_dots else "lines",
        name=name,
        legendgroup=name,
        showlegend=name != _OTHERS,
        hoverinfo="none",
        connectgaps=False,
        line=look,
        marker={"size": 3, "color": look["color"]},
    )
    return [front] if not len(data.logged) else [behind(data.x[mask], data.logged[mask], name, look), front]


def behind(x: NDArray[np.float64], logged: NDArray[np.float64], name: str, look: dict[str, Any]) -> go.Scatter:
    """Return what was logged as a faint line behind the smoothed one."""
    return go.Scatter(
        x=x,
        y=logged,
        mode="lines",
        name=f"{name}, as logged",
        legendgroup=name,
        showlegend=False,
        hoverinfo="skip",
        opacity=0.3,
        connectgaps=False,
        line={"color": look["color"], "width": 0.8},
    )


def _end_to_end(parts: Sequence[NDArray[Any]], *, last: bool = False) -> NDArray[np.float64]:
    """Join arrays with a NaN after each that is not empty, or with its `last` entry once more."""
    joined = [np.append(part.astype(np.float64), part[-1:] if last else np.nan) for part in parts if len(part)]
    return np.concatenate(joined) if joined else np.empty(0)


def _quiet(count: int) -> str:
    """Return the colour of the many: the more lines lie over one another, the fainter each."""
    return (
        "var(--chart-line-few)" if count <= FEW else "var(--chart-line)" if count <= 250 else "var(--chart-line-many)"
    )


def _judged(bands: BandsData) -> str:
    thresholds = "its threshold" if len(bands.bands) == 1 else "their thresholds"
    stopped = sum(bands.stopped)
    told = f"{plural(len(bands.bands), 'stopping band')} with {thresholds}"
    return f"; {told}, where {plural(stopped, 'run')} {'was' if stopped == 1 else 'were'} stopped"


def _caption(data: CurvesData, options: CurveOptions, bands: BandsData | None) -> str:
    best = "; the best run stands out" if data.best is not None and not data.found.grouped else ""
    judged = _judged(bands) if bands and bands.bands else ""
    return (
        f"{data.found.metric} by {data.axis.words}{group_words(options)} of {chosen_words(data.found)}"
        f"{hidden_words(data.found)}{best}{judged}{smoothing_words(options)}."
        f"{left_out(data.axis, options, [c.x for c in data.found.curves], [data.values])}"
    )
