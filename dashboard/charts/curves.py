"""A metric by step: of many runs in one chart, or of one run."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.bands import BandsData, band_lines, band_trace
from dashboard.charts.figure import Chart, Table, axis, new_figure, of_total, plural
from sweeps_app.selectors.curves import CountedCurve, SweepCurves

MAX_POINTS = 60_000  # of all curves together: what a browser draws in a blink
_OTHERS = "Other runs"
_FEWEST = 24  # points that a curve keeps however many there are


class CurvesData(NamedTuple):
    """Curves joined end to end, with a NaN after each: one entry a point in `runs`, `steps` and `values`.

    `runs` is the index into `ids`, `names` and `states`. `best` is the index of the run to highlight, or None.
    `total` runs have the metric, which may be more than are shown.
    """

    metric: str
    ids: list[str]
    names: list[str]
    states: list[str]
    runs: NDArray[np.int32]
    steps: NDArray[np.float64]
    values: NDArray[np.float64]
    best: int | None
    total: int


def curves_data(found: SweepCurves, *, best_id: str | None = None) -> CurvesData:
    """Return the points of all curves, thinned so that they stay below 60,000 together; extremes are kept."""
    limit = max(MAX_POINTS // max(len(found.curves), 1), _FEWEST)
    runs, steps, values = [], [], []
    for index, curve in enumerate(found.curves):
        kept_steps, kept_values = thinned(curve.steps, curve.values, limit)
        steps.append(np.append(kept_steps.astype(np.float64), np.nan))
        values.append(np.append(kept_values, np.nan))
        runs.append(np.full(len(kept_steps) + 1, index, dtype=np.int32))
    ids = [curve.run_id for curve in found.curves]
    return CurvesData(
        metric=found.metric,
        ids=ids,
        names=[curve.name for curve in found.curves],
        states=[curve.state for curve in found.curves],
        runs=np.concatenate(runs) if runs else np.empty(0, np.int32),
        steps=np.concatenate(steps) if steps else np.empty(0),
        values=np.concatenate(values) if values else np.empty(0),
        best=ids.index(best_id) if best_id in ids else None,
        total=found.total,
    )


def thinned(
    steps: NDArray[np.int64], values: NDArray[np.float64], limit: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return at most about `limit` points: the smallest and the largest value of equal buckets, and both ends."""
    if len(values) <= limit:
        return steps, values
    edges = np.linspace(0, len(values), max(limit // 2 - 1, 1) + 1).astype(np.int64)
    keep = {0, len(values) - 1}
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = values[start:stop]
        keep |= {start + int(part.argmin()), start + int(part.argmax())}
    kept = np.array(sorted(keep))
    return steps[kept], values[kept]


def curves_chart(data: CurvesData, *, bands: BandsData | None = None, log: bool = False, run_prefix: str = "") -> Chart:
    """Return the chart of many runs: the best one stands out, then those under way; over them the stopping bands."""
    if not data.ids:
        return Chart("", message=f"No run has logged {data.metric} yet." if data.metric else "No metric is logged yet.")
    is_best = data.runs == (-1 if data.best is None else data.best)
    active = np.array([state in ("running", "preempting") for state in data.states], dtype=np.bool_)[data.runs]
    layers = [
        (_OTHERS, ~is_best & ~active, _quiet(len(data.ids)), 1.0),
        ("Under way", active & ~is_best, "var(--state-running)", 1.2),
        ("Best run", is_best, "var(--chart-2)", 2.2),
    ]
    traces = [_line(data, *layer) for layer in layers if layer[1].any()]
    has_bands = bands is not None and len(bands.bands) > 0
    figure = new_figure(
        [*traces, band_trace(bands)] if bands is not None and has_bands else traces,
        revision=f"curves {data.metric} {log}",
        meta={"runs": {"ids": data.ids, "names": data.names, "prefix": run_prefix}, "x": "step", "y": data.metric},
        xaxis=axis("Step", zeroline=False),
        yaxis=axis(data.metric, log=log, zeroline=False),
        shapes=band_lines(bands) if bands is not None else [],
    )
    return Chart(_caption(data, bands), figure)


def curves_table(data: CurvesData) -> Table:
    """Return the points of the chart."""
    return Table(("run", "name", "step", data.metric or "value"), _points(data))


def run_curve_chart(found: CountedCurve | None, metric: str, *, log: bool = False) -> Chart:
    """Return the chart of one metric of one run."""
    if found is None or not len(found.curve.values):
        return Chart("", message=f"{metric} has no finite number yet.")
    curve = found.curve
    few = len(curve.values) <= 60
    trace = go.Scatter(
        x=curve.steps,
        y=curve.values,
        mode="lines+markers" if few else "lines",
        line={"color": "var(--chart-1)", "width": 1.6},
        marker={"size": 4},
        hoverinfo="none",
    )
    figure = new_figure(
        [trace],
        revision=f"curve {metric} {log}",
        meta={"x": "step", "y": metric},
        xaxis=axis("Step", zeroline=False),
        yaxis=axis("", log=log, zeroline=False),
    )
    drawn = len(curve.values)
    thinned_to = f", drawn by {drawn:,} points that keep every extreme" if drawn < found.logged else ""
    return Chart(f"{plural(found.logged, 'value')} of {metric} by step{thinned_to}.", figure)


def run_curve_table(found: CountedCurve | None, metric: str) -> Table:
    """Return the points of the chart of one run."""
    rows = zip(found.curve.steps.tolist(), found.curve.values.tolist(), strict=True) if found is not None else ()
    return Table(("step", metric), rows)


def _points(data: CurvesData) -> Iterator[tuple[Any, ...]]:
    for run, step, value in zip(data.runs.tolist(), data.steps.tolist(), data.values.tolist(), strict=True):
        if not np.isnan(step):
            yield data.ids[run], data.names[run], int(step), value


def _line(data: CurvesData, name: str, mask: NDArray[np.bool_], color: str, width: float) -> go.Scatter:
    points = np.bincount(data.runs[mask])
    has_dots = bool((points == 2).any())  # a value and the gap after it: a line alone would not show
    return go.Scatter(
        x=data.steps[mask],
        y=data.values[mask],
        customdata=data.runs[mask],
        mode="lines+markers" if has_dots else "lines",
        name=name,
        showlegend=name != _OTHERS,
        hoverinfo="none",
        connectgaps=False,
        line={"width": width, "color": color},
        marker={"size": 3, "color": color},
    )


def _quiet(count: int) -> str:
    """Return the colour of the many: the more lines lie over one another, the fainter each."""
    return "var(--chart-line-few)" if count <= 40 else "var(--chart-line)" if count <= 250 else "var(--chart-line-many)"


def _caption(data: CurvesData, bands: BandsData | None) -> str:
    newest = "" if len(data.ids) == data.total else "the newest "
    best = "; the best run stands out" if data.best is not None else ""
    judged = f"; {plural(len(bands.bands), 'stopping band')} with its threshold" if bands and bands.bands else ""
    return f"{data.metric} by step of {newest}{of_total(len(data.ids), data.total)}{best}{judged}."
