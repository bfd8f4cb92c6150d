"""The mean of many curves and a band around it, of all runs or of each group of them."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.curve_axis import CurveAxis, curve_axis, left_out
from dashboard.charts.curve_options import CurveOptions
from dashboard.charts.curve_words import chosen_words, group_words, hidden_words, smoothing_words
from dashboard.charts.curves import nothing
from dashboard.charts.figure import Chart, Table, axis, new_figure, plural
from dashboard.charts.line_looks import line_look
from sweeps_app.analysis.alignment import XY, Band, aligned, band_of, places_of
from sweeps_app.analysis.run_choice import Group, groups_of
from sweeps_app.analysis.smoothing import smoothed
from sweeps_app.selectors.curves import SweepCurves

_ALL = "All runs"
_MIDDLES = {
    "std": "Mean ± standard deviation",
    "stderr": "Mean ± standard error",
    "minmax": "Mean between minimum and maximum",
    "q80": "Median between the 10 % and the 90 % quantile",
    "q50": "Median between the quartiles",
}
_ALIGNED = {"interpolate": "interpolated between points", "bin": "each run's mean in {bins} bins"}
_ENDS = {"stop": "a run counts up to its last point", "hold": "a run keeps its last value to the end"}


class GroupBand(NamedTuple):
    """A group with its band."""

    label: str
    band: Band


class CurveBands(NamedTuple):
    """Bands over the same `places` (float64[p], in the units of the metric or in seconds)."""

    found: SweepCurves
    places: NDArray[np.float64]
    groups: list[GroupBand]
    axis: CurveAxis


def curve_bands(found: SweepCurves, options: CurveOptions) -> CurveBands:
    """Return the band of each group of runs, or of all; each run is smoothed by itself before."""
    curves = [XY(curve.x, smoothed(curve.values, options.smoothing)) for curve in found.curves]
    shown = curve_axis(options, [curve.x for curve in curves])
    places = places_of(curves, log=shown.log)
    values = aligned(curves, places, align=options.align, ends=options.ends)
    groups = groups_of(found.grouped) if found.grouped else [Group(_ALL, np.arange(len(curves)))]
    kind = options.band or "std"
    bands = [GroupBand(group.label, band_of(values[group.members], kind)) for group in groups]
    return CurveBands(found, places, bands, shown)


def bands_chart(data: CurveBands, options: CurveOptions) -> Chart:
    """Return the chart of the bands, the middle of each a line."""
    if not data.found.curves:
        return Chart("", message=nothing(data.found, data.axis))
    x = data.axis.shown(data.places)
    traces = [_area(x, group, place) for place, group in enumerate(data.groups)]
    traces += [_middle(x, group, place) for place, group in enumerate(data.groups)]
    middle = "median" if options.band in ("q80", "q50") else "mean"
    figure = new_figure(
        traces,
        revision=f"bands {options.revision}",
        meta={"lines": True, "x": data.axis.name, "y": f"{middle} {data.found.metric}"},
        xaxis=data.axis.layout(),
        yaxis=axis(data.found.metric, log=options.log_y, zeroline=False),
        showlegend=True,
    )
    return Chart(_caption(data, options), figure)


def bands_table(data: CurveBands) -> Table:
    """Return the numbers of the chart."""
    return Table(
        ("group", data.axis.across.metric or data.axis.across.kind, "middle", "low", "high", "runs"), _rows(data)
    )


def _rows(data: CurveBands) -> Iterator[Sequence[Any]]:
    for label, band in data.groups:
        columns = [column.tolist() for column in (data.places, band.middle, band.low, band.high, band.counts)]
        for place, middle, low, high, count in zip(*columns, strict=True):
            if count:
                yield label, place, middle, _known(low), _known(high), count


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _area(x: NDArray[np.float64], group: GroupBand, place: int) -> go.Scatter:
    """Return the band as one polygon for each stretch that has one."""
    known = np.isfinite(group.band.low) & np.isfinite(group.band.high)
    stretches = np.split(np.arange(len(x)), np.flatnonzero(np.diff(known)) + 1)
    xs: list[NDArray[np.float64]] = []
    ys: list[NDArray[np.float64]] = []
    gap = np.array([np.nan])
    for stretch in stretches:
        if len(stretch) and known[stretch[0]]:
            xs += [x[stretch], x[stretch][::-1], gap]
            ys += [group.band.high[stretch], group.band.low[stretch][::-1], gap]
    return go.Scatter(
        x=np.concatenate(xs) if xs else [],
        y=np.concatenate(ys) if ys else [],
        mode="lines",
        fill="toself",
        fillcolor=line_look(place)["color"],
        opacity=0.16,
        line={"width": 0},
        hoverinfo="skip",
        legendgroup=group.label,
        showlegend=False,
        name=f"{group.label}, band",
    )


def _middle(x: NDArray[np.float64], group: GroupBand, place: int) -> go.Scatter:
    band = group.band
    is_few = int((band.counts > 0).sum()) <= 1
    told = [
        f"{group.label}: {plural(n, 'run')}" + ("" if np.isnan(low) else f", {low:.4g} to {high:.4g}")
        for low, high, n in zip(band.low.tolist(), band.high.tolist(), band.counts.tolist(), strict=True)
    ]
    look = line_look(place)
    return go.Scatter(
        x=x,
        y=band.middle,
        text=told,
        mode="lines+markers" if is_few else "lines",
        name=group.label,
        legendgroup=group.label,
        hoverinfo="none",
        line=look | {"width": 2},
        marker={"size": 5, "color": look["color"]},
    )


def _caption(data: CurveBands, options: CurveOptions) -> str:
    bins = len(data.places)
    how = _ALIGNED[options.align].format(bins=f"{bins:,}")
    return (
        f"{_MIDDLES[options.band or 'std']} of {data.found.metric} by {data.axis.words}{group_words(options)} of "
        f"{chosen_words(data.found)}{hidden_words(data.found)}; {how}, {_ENDS[options.ends]}{smoothing_words(options)}."
        f"{left_out(data.axis, options, [data.places], [group.band.middle for group in data.groups])}"
    )
