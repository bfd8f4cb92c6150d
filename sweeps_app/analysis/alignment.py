"""Curves of many runs brought onto the same places of the horizontal axis, and what they are there taken together."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Align = Literal["interpolate", "bin"]
Ends = Literal["stop", "hold"]
BandKind = Literal["std", "stderr", "minmax", "q80", "q50"]
ALIGNS: tuple[Align, ...] = get_args(Align)
ENDS: tuple[Ends, ...] = get_args(Ends)
BANDS: tuple[BandKind, ...] = get_args(BandKind)
PLACES = 200
_QUANTILES = {"q80": (0.1, 0.9), "q50": (0.25, 0.75)}


class XY(NamedTuple):
    """One curve: finite `x` and `y` (float64[n] each) in the order in which they were logged."""

    x: Floats
    y: Floats


class Band(NamedTuple):
    """What curves are at each place, float64[places]: the middle, what bounds the band, and how many curves are there.

    The middle is the mean, for quantiles the median; `low` and `high` are NaN where one curve alone has no deviation.
    """

    middle: Floats
    low: Floats
    high: Floats
    counts: NDArray[np.int64]


def joined(steps: NDArray[np.int64], by_steps: NDArray[np.int64], by: Floats) -> Floats:
    """Return what another metric was at `steps`: its own value there, or on the straight line between its neighbours.

    `by` (float64[m]) was logged at `by_steps` (int64[m]); where a step repeats, the last value counts. NaN before its
    first and after its last value.
    """
    if not len(by):
        return np.full(len(steps), np.nan)
    known = _ordered(by_steps.astype(np.float64), by)
    return np.interp(steps.astype(np.float64), known.x, known.y, left=np.nan, right=np.nan)


def places_of(curves: Sequence[XY], *, log: bool = False, most: int = PLACES) -> Floats:
    """Return where curves are compared: at each place that one of them has, where these are few, else evenly spaced.

    With `log` the logarithms are evenly spaced, and what is not positive is left out.
    """
    parts = [curve.x for curve in curves]
    found = np.unique(np.concatenate(parts)) if parts else np.empty(0)
    if log:
        found = found[found > 0]
    if len(found) <= 2 * most:
        return found
    return np.geomspace(found[0], found[-1], most) if log else np.linspace(found[0], found[-1], most)


def aligned(curves: Sequence[XY], places: Floats, *, align: Align = "interpolate", ends: Ends = "stop") -> Floats:
    """Return float64[curves, places]: what each curve is at each place, NaN where it is nothing.

    "interpolate" takes the straight line between the neighbouring points of a curve, in the units of the axis; "bin"
    the mean of its points that lie nearer to this place than to any other. A curve has no value before its first point.
    After its last one it has none with "stop", so that runs that were stopped early leave the mean; with "hold" it
    keeps its last value to the end.
    """
    found = np.full((len(curves), len(places)), np.nan)
    for row, curve in zip(found, curves, strict=True):
        if not len(curve.x):
            continue
        line = _ordered(*curve)
        if align == "interpolate":
            row[:] = np.interp(places, line.x, line.y, left=np.nan, right=np.nan)
        else:
            row[:] = _binned(curve, places)
        if ends == "hold":
            row[places > line.x[-1]] = line.y[-1]
    return found


def band_of(values: Floats, kind: BandKind) -> Band:
    """Return what curves (float64[curves, places], NaN for nothing) are taken together.

    "std" is mean ± the sample standard deviation s (n - 1 in its denominator), "stderr" mean ± s / √n, "minmax" the
    mean between the least and the greatest, "q80" the median between the quantiles 0.1 and 0.9, "q50" between 0.25 and
    0.75 (linear between order statistics: Hyndman and Fan, The American Statistician 50 (1996), definition 7).
    """
    there = np.isfinite(values)
    counts = there.sum(axis=0)
    if not values.size or not counts.any():
        nothing = np.full(values.shape[1], np.nan)
        return Band(nothing, nothing, nothing, counts)
    is_there = counts > 0
    middle, low, high = (np.full(values.shape[1], np.nan) for _ in range(3))
    known = values[:, is_there]
    if kind in _QUANTILES:
        below, above = _QUANTILES[kind]
        low[is_there], middle[is_there], high[is_there] = _quantiles(known, counts[is_there], (below, 0.5, above))
        return Band(middle, low, high, counts)
    n = counts[is_there]
    mean = np.where(there[:, is_there], known, 0.0).sum(axis=0) / n
    middle[is_there] = mean
    if kind == "minmax":
        low[is_there], high[is_there] = np.nanmin(known, axis=0), np.nanmax(known, axis=0)
        return Band(middle, low, high, counts)
    squares = (np.where(there[:, is_there], known - mean, 0.0) ** 2).sum(axis=0)
    spread = np.sqrt(np.where(n > 1, squares / np.maximum(n - 1, 1), np.nan))
    if kind == "stderr":
        spread = spread / np.sqrt(n)
    low[is_there], high[is_there] = mean - spread, mean + spread
    return Band(middle, low, high, counts)


def _quantiles(values: Floats, counts: NDArray[np.int64], wanted: Sequence[float]) -> list[Floats]:
    """Return quantiles of the `counts` numbers of each column; NumPy itself is slow where there are NaN."""
    ascending = np.sort(values, axis=0)  # NaN last
    columns = np.arange(values.shape[1])
    found = []
    for quantile in wanted:
        place = quantile * (counts - 1)
        below = np.floor(place).astype(np.int64)
        low, high = ascending[below, columns], ascending[np.minimum(below + 1, counts - 1), columns]
        found.append(low + (place - below) * (high - low))
    return found


def _ordered(x: Floats, y: Floats) -> XY:
    """Return a curve by ascending x; of points at one place the last one that was logged."""
    if len(x) < 2 or (np.diff(x) > 0).all():
        return XY(x, y)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    last = np.append(np.diff(x) > 0, True)
    return XY(x[last], y[last])


def _binned(curve: XY, places: Floats) -> Floats:
    bins = np.searchsorted((places[:-1] + places[1:]) / 2, curve.x, side="right")
    counts = np.bincount(bins, minlength=len(places))
    sums = np.bincount(bins, weights=curve.y, minlength=len(places))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
