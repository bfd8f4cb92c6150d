"""Bins of a histogram."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FEW = 24  # up to so many values that repeat, or whole numbers, get a bar each
_OFTEN = 2  # how often the same numbers come, on average, where they are chosen from a list
_LEAST, _MOST = 8, 50
_TINY, _TOLD = 1e-300, 1e-10  # spans, the second one of the numbers themselves, that twelve digits cannot divide


class Bins(NamedTuple):
    """`edges` (float64[k+1], ascending) of k bins: each holds its lower edge, the last one its upper edge, too.

    `values` (float64[k]) has the one value of each bin where there are few, else it is empty.
    """

    edges: NDArray[np.float64]
    values: NDArray[np.float64]


def bins_of(values: NDArray[np.float64], *, log: bool = False) -> Bins:
    """Return bins for numbers, NaN among them left out; on a `log` scale also what is not positive.

    Few distinct values get a bin each, with edges midway, where they are whole numbers or come again: measured ones
    hardly do. Else there are as many bins of one width (of the logarithm on a log scale) as the rule of Freedman and
    Diaconis (1981) or Sturges asks for, whichever is more, up to 50, and of more than a few values at least 8; on a
    linear scale their edges are round numbers.
    """
    kept = values[np.isfinite(values) & ((values > 0) | (not log))]
    distinct = np.unique(kept)
    if _is_listed(distinct, len(kept)):
        return Bins(_midway(distinct, log=log), distinct)
    places = np.log10(kept) if log else kept
    low, high = float(places.min()), float(places.max())
    span = high - low
    if not math.isfinite(span) or span <= max(_TINY, _TOLD * max(abs(low), abs(high))):
        return Bins(np.array([distinct[0], distinct[-1]]), np.empty(0))
    fewest = _LEAST if len(kept) > FEW else 1
    count = min(max(len(np.histogram_bin_edges(places, "auto")) - 1, fewest), _MOST)
    if log:
        edges: NDArray[np.float64] = np.power(10.0, np.linspace(low, high, count + 1))
        edges[0], edges[-1] = distinct[0], distinct[-1]
        return Bins(np.unique(edges), np.empty(0))
    step = _round_step(span / count)
    if _are_whole(distinct):
        step = max(math.ceil(step), 1)
        first = math.floor(low) - 0.5
        count = math.ceil((high + 0.5 - first) / step)
        return Bins(np.linspace(first, first + step * count, count + 1), np.empty(0))
    first, last = math.floor(low / step), math.ceil(high / step)
    edges = np.array([float(f"{place * step:.12g}") for place in range(first, last + 1)])
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)
    return Bins(np.unique(edges), np.empty(0))


def counted(values: NDArray[np.float64], bins: Bins) -> NDArray[np.int64]:
    """Return how many of the values lie in each bin."""
    if not len(bins.edges):
        return np.zeros(0, dtype=np.int64)
    return np.histogram(values[np.isfinite(values)], bins.edges)[0].astype(np.int64)


def _is_listed(distinct: NDArray[np.float64], count: int) -> bool:
    if len(distinct) > FEW:
        return False
    return len(distinct) <= 1 or _are_whole(distinct) or count >= _OFTEN * len(distinct)


def _are_whole(values: NDArray[np.float64]) -> bool:
    return np.array_equal(values, np.round(values))


def _midway(distinct: NDArray[np.float64], *, log: bool) -> NDArray[np.float64]:
    if not len(distinct):
        return np.empty(0)
    places = np.log10(distinct) if log else distinct
    gaps = np.diff(places)
    margin = float(gaps.min()) / 2 if len(gaps) else 0.5
    edges = np.concatenate(([places[0] - margin], places[:-1] + gaps / 2, [places[-1] + margin]))
    if log:
        edges = np.power(10.0, edges)
    # Where doubles are too coarse for a middle the edge is the upper value, which its own bin holds.
    edges[1:-1] = np.where(edges[1:-1] > distinct[:-1], np.minimum(edges[1:-1], distinct[1:]), distinct[1:])
    edges[0] = min(edges[0], np.nextafter(distinct[0], -np.inf))
    edges[-1] = max(edges[-1], np.nextafter(distinct[-1], np.inf))
    return edges


def _round_step(step: float) -> float:
    """Return the number of 1, 2, 2.5 or 5 times a power of ten that is not less than a step."""
    power = 10.0 ** math.floor(math.log10(step))
    factor = next(f for f in (1, 2, 2.5, 5, 10) if f * power >= step * (1 - 1e-9))
    return float(f"{factor * power:.12g}")
