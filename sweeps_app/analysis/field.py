"""A metric as a field over two parameters: what the runs near each place came to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import AxisColumn, scaled

CELLS = 48  # places along a number
MIN_NEAR = 3  # fewer runs than this around a place say nothing of it
_WIDEST, _NARROWEST = 0.15, 0.04  # of the range
_SPREAD = 0.289  # the standard deviation of an even distribution over 0..1
_FENCE = 1.5  # interquartile ranges
_FEWEST_RANKED = 8

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One parameter of a field.

    `units` (float64[n]) is where each run stands: 0..1 on the parameter's scale, or the index of its label; NaN where
    it has no place. `places` (float64[k]) are those at which the field is told, in the same units.
    """

    units: Array
    places: Array
    is_category: bool


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """`means` (float64[k up, k across]) with NaN where fewer than three runs are near; `runs` stand behind it.

    `width` is the standard deviation of the kernel as a share of a number's range. What was worse than `cap` counted
    as much, None where nothing did.
    """

    means: Array
    runs: int
    width: float
    cap: float | None


def side_of(column: AxisColumn) -> Side:
    """Return a parameter as the side of a field."""
    if column.axis.kind == "category":
        return Side(column.values, np.arange(len(column.labels), dtype=np.float64), is_category=True)
    return Side(scaled(column), np.linspace(0.0, 1.0, CELLS), is_category=False)


def local_means(across: Side, up: Side, values: Array, *, goal: str) -> Field:
    """Return the kernel-weighted mean of `values` (float64[n], NaN for none) at all places of two parameters.

    The estimator of Nadaraya and Watson (1964): the mean of the runs weighted by a Gaussian of their distance on the
    parameters' scales, whose width is Scott's rule for two dimensions, n^(-1/6) standard deviations, held between 4 %
    and 15 % of the range. Labels have no distance: a category's runs speak for themselves alone. A place has a value
    where at least 3 runs lie within two widths of it. So that runs that diverged do not outshine all others, what is
    worse than Tukey's fence (1977), 1.5 interquartile ranges beyond the quartile, counts as much as the fence; with the
    goal "" nothing is capped. O(n + k^3).
    """
    known = ~np.isnan(values) & ~np.isnan(across.units) & ~np.isnan(up.units)
    values, x, y = values[known], across.units[known], up.units[known]
    empty = np.full((len(up.places), len(across.places)), np.nan)
    if not len(values):
        return Field(empty, 0, 0.0, None)
    capped, cap = _capped(values, goal)
    width = float(np.clip(_SPREAD * len(values) ** (-1 / 6), _NARROWEST, _WIDEST))
    rows, columns = _nearest(up, y), _nearest(across, x)
    counts, sums = np.zeros(empty.shape), np.zeros(empty.shape)
    np.add.at(counts, (rows, columns), 1.0)
    np.add.at(sums, (rows, columns), capped)
    left, right = _kernel(up, width), _kernel(across, width)
    near = _within(up, 2 * width) @ counts @ _within(across, 2 * width)
    means = (left @ sums @ right) / np.maximum(left @ counts @ right, 1e-300)
    return Field(np.where(near >= MIN_NEAR, means, np.nan), len(values), width, cap)


def worst_fence(values: Array, goal: str) -> float | None:
    """Return Tukey's fence on the bad side of `values` (float64[n], no NaN), None where nothing is beyond it.

    With fewer than 8 values, or without a goal, nothing is.
    """
    if not goal or len(values) < _FEWEST_RANKED:
        return None
    lower, upper = np.quantile(values, [0.25, 0.75])
    reach = _FENCE * (upper - lower)
    if goal == "maximize":
        return float(lower - reach) if values.min() < lower - reach else None
    return float(upper + reach) if values.max() > upper + reach else None


def _capped(values: Array, goal: str) -> tuple[Array, float | None]:
    fence = worst_fence(values, goal)
    if fence is None:
        return values, None
    return np.maximum(values, fence) if goal == "maximize" else np.minimum(values, fence), fence


def _nearest(side: Side, units: Array) -> NDArray[np.intp]:
    if side.is_category:
        return units.astype(np.intp)
    return np.rint(units * (len(side.places) - 1)).astype(np.intp)


def _distances(side: Side) -> Array:
    return np.abs(side.places[:, None] - side.places[None])


def _kernel(side: Side, width: float) -> Array:
    return np.eye(len(side.places)) if side.is_category else np.exp(-0.5 * (_distances(side) / width) ** 2)


def _within(side: Side, reach: float) -> Array:
    if side.is_category:
        return np.eye(len(side.places))
    return (_distances(side) <= reach).astype(np.float64)
