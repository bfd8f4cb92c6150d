"""How the hypervolume of a sweep's metrics grew while its runs finished."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.figure import Chart, Table, axis, new_figure, of_total, plural, runs_told, time_unit
from dashboard.charts.pareto import Pursued
from sweeps_app.analysis.hypervolume import MAX_LOSSES, Growth, hypervolume_growth, reference_point
from sweeps_app.selectors.points import RunPoints

Array = NDArray[np.float64]


class HypervolumeData(NamedTuple):
    """The finished runs that have all metrics, in the order in which they ended, one entry a run in each column.

    `elapsed` (float64[n]) is in seconds since the sweep began, `values` (float64[n, m]) in the metrics' own units, as
    is the `reference` (float64[m]), which somebody has asked for where it `is_given`. `growth` is None where there is
    nothing to compute. `ideal_volume` is that of the box between the reference and the best of each metric.
    """

    metrics: tuple[Pursued, ...]
    ids: list[str]
    names: list[str]
    elapsed: Array
    values: Array
    reference: Array
    is_given: bool
    growth: Growth | None
    ideal_volume: float
    total: int


def hypervolume_data(
    points: RunPoints, times: Array, *, metrics: Sequence[Pursued], start: float, reference: Sequence[float] | None
) -> HypervolumeData:
    """Return what the chart shows of finished runs and the `times` (float64[n], seconds since the epoch) of their ends.

    `reference` has a number for each metric; without one it is a tenth of the range beyond the worst finished run.
    """
    columns = np.column_stack([points.metrics[metric.name] for metric in metrics])
    known = np.flatnonzero(np.isfinite(columns).all(axis=1) & np.isfinite(times))
    order = known[np.argsort(times[known], kind="stable")]
    signs = np.array([-1.0 if metric.goal == "maximize" else 1.0 for metric in metrics])
    losses = columns[order] * signs
    can = len(order) > 0 and 2 <= len(metrics) <= MAX_LOSSES
    chosen = np.array(reference, dtype=np.float64) * signs if reference is not None else None
    if chosen is None and can:
        chosen = reference_point(losses)
    ideal = np.prod(np.maximum(chosen - losses.min(axis=0), 0.0)) if can and chosen is not None else 0.0
    return HypervolumeData(
        metrics=tuple(metrics),
        ids=[points.ids[i] for i in order],
        names=[points.names[i] for i in order],
        elapsed=np.maximum(times[order] - start, 0.0),
        values=columns[order],
        reference=chosen * signs if chosen is not None else np.empty(0),
        is_given=reference is not None,
        growth=hypervolume_growth(losses, chosen) if can and chosen is not None else None,
        ideal_volume=float(ideal),
        total=points.total,
    )


def hypervolume_chart(data: HypervolumeData, *, by_order: bool = False, run_prefix: str = "") -> Chart:
    """Return the chart, over time or over the order in which the runs ended."""
    growth = data.growth
    if growth is None or not len(growth.rows):
        return Chart("", message=_nothing(data))
    x, title = _x(data, by_order=by_order)
    rows = growth.rows.astype(np.int32)
    line = {"shape": "hv", "width": 2, "color": "var(--chart-2)"}
    steps = go.Scatter(
        x=x[growth.rows],
        y=growth.volumes,
        customdata=np.arange(len(rows), dtype=np.int32),
        mode="lines+markers",
        name="Made the front better",
        hoverinfo="none",
        cliponaxis=False,
        line=line,
        marker={"size": 6, "color": "var(--chart-2)"},
    )
    # From the last improvement to the last finished run nothing was gained, which is to be seen.
    rest = go.Scatter(
        x=[x[growth.rows[-1]], x[-1]],
        y=[growth.volumes[-1]] * 2,
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        line=line,
    )
    runs = runs_told((data.ids[i] for i in rows), (data.names[i] for i in rows), run_prefix)
    figure = new_figure(
        [steps, rest],
        revision=f"hypervolume {title} {data.metrics}",
        meta={"runs": runs, "x": title, "y": "Hypervolume"},
        showlegend=False,
        xaxis=axis(title, rangemode="tozero", zeroline=False),
        yaxis=axis("Hypervolume", rangemode="tozero", zeroline=False),
    )
    return Chart(_caption(data, growth), figure)


def hypervolume_table(data: HypervolumeData) -> Table:
    """Return the runs that made the front better, with the volume when each had finished."""
    header = ("run", "name", "seconds", *(metric.name for metric in data.metrics), "hypervolume")
    rows: list[tuple[Any, ...]] = []
    if data.growth is not None:
        for row, volume in zip(data.growth.rows.tolist(), data.growth.volumes.tolist(), strict=True):
            seconds = round(float(data.elapsed[row]), 3)
            rows.append((data.ids[row], data.names[row], seconds, *data.values[row].tolist(), volume))
    return Table(header, rows)


def _x(data: HypervolumeData, *, by_order: bool) -> tuple[Array, str]:
    if by_order:
        return np.arange(1, len(data.ids) + 1, dtype=np.float64), "Finished runs, in the order of their ends"
    size, unit = time_unit(float(data.elapsed.max()))
    return data.elapsed / size, f"{unit.capitalize()} since the sweep began"


def _named(data: HypervolumeData, joined: str) -> str:
    return joined.join(f"{metric.name} ({metric.goal})" for metric in data.metrics)


def _caption(data: HypervolumeData, growth: Growth) -> str:
    point = ", ".join(
        f"{metric.name} {value:.5g}" for metric, value in zip(data.metrics, data.reference.tolist(), strict=True)
    )
    how = "as chosen" if data.is_given else "a tenth of the range beyond the worst finished run that is no outlier"
    share = f", {growth.volumes[-1] / data.ideal_volume:.0%} of the box to the best of each"
    steps = plural(growth.improved, "run")
    sample = f", of which {len(growth.rows):,} are drawn" if len(growth.rows) < growth.improved else ""
    return (
        f"Hypervolume of {_named(data, ', ')} of {of_total(len(data.ids), data.total, 'finished run')}: "
        f"{growth.volumes[-1]:.5g}{share}. Reference point: {point} ({how}). {steps} made the front better{sample}."
    )


def _nothing(data: HypervolumeData) -> str:
    if len(data.metrics) < 2:
        return "A hypervolume needs two metrics or more."
    if len(data.metrics) > MAX_LOSSES:
        return f"The hypervolume of more than {MAX_LOSSES} metrics takes too long to compute."
    if not data.ids:
        return f"No finished run has logged all of {', '.join(metric.name for metric in data.metrics)} yet."
    return "No finished run is better than the reference point in all metrics: choose a worse one."
