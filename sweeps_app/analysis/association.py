"""How a parameter goes with a metric by itself: by its size, by its ranks, and for categories by their means."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sweeps_app.analysis.encoding import AxisColumn, scaled

# Fewer points than this always lie on a line.
_MIN_PAIRS = 3
STRONG = 0.7

Vector = NDArray[np.float64]


def pearson(column: AxisColumn, target: Vector) -> float | None:
    """Return Pearson's r of a number, on its scale, with the target; None for a category or where nothing varies."""
    x, y = _pairs(column, target)
    return _correlation(x, y)


def spearman(column: AxisColumn, target: Vector) -> float | None:
    """Return Spearman's rank correlation of a number with the target; None as for `pearson`."""
    x, y = _pairs(column, target)
    return _correlation(rankdata(x), rankdata(y))


def correlation_ratio(column: AxisColumn, target: Vector) -> float | None:
    """Return eta of a category: the root of the share of the target's variance between its values, None for a number.

    Freed from what chance alone gives: Kelley, "An unbiased correlation ratio measure", PNAS 21 (1935).
    """
    if column.axis.kind == "number":
        return None
    known = ~np.isnan(column.values)
    y = target[known]
    _, codes = np.unique(column.values[known], return_inverse=True)
    sizes = np.bincount(codes) if len(codes) else np.empty(0)
    if len(sizes) < 2 or len(y) <= len(sizes) or y.min() == y.max():
        return None
    means = np.bincount(codes, y) / sizes
    within = float(((y - means[codes]) ** 2).mean() / y.var())
    return float(np.sqrt(max(1 - within * (len(y) - 1) / (len(y) - len(sizes)), 0.0)))


def varied_together(columns: Sequence[AxisColumn]) -> list[tuple[str, str, float]]:
    """Return pairs of numbers with a rank correlation of 0.7 or more, the strongest first."""
    numbers = [column for column in columns if column.axis.kind == "number"]
    ranks = [_centred_ranks(column) for column in numbers]
    if not ranks:
        return []
    table = np.array(ranks)
    found = table @ table.T
    pairs = [
        (numbers[i].axis.name, numbers[j].axis.name, float(found[i, j]))
        for i, j in zip(*np.triu_indices(len(numbers), 1), strict=True)
        if abs(found[i, j]) >= STRONG
    ]
    return sorted(pairs, key=lambda pair: (-abs(pair[2]), pair[:2]))


def _pairs(column: AxisColumn, target: Vector) -> tuple[Vector, Vector]:
    if column.axis.kind == "category":
        return np.empty(0), np.empty(0)
    values = scaled(column)
    known = ~np.isnan(values)
    return values[known], target[known]


def _correlation(x: Vector, y: Vector) -> float | None:
    if len(x) < _MIN_PAIRS or x.min() == x.max() or y.min() == y.max():
        return None
    x, y = x - x.mean(), y - y.mean()
    r = float(x @ y / np.sqrt((x @ x) * (y @ y)))
    return min(max(r, -1.0), 1.0)


def _centred_ranks(column: AxisColumn) -> Vector:
    """Return ranks with mean 0 and length 1, and 0 where the parameter is missing."""
    values = scaled(column)
    known = ~np.isnan(values)
    ranks = np.zeros(len(values))
    ranks[known] = rankdata(values[known])
    ranks[known] -= ranks[known].mean() if known.any() else 0.0
    return ranks / (float(np.sqrt(ranks @ ranks)) or 1.0)
