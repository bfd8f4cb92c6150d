"""Which parameters move the metric: a random forest's answer, next to plain linear correlation."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import AxisColumn, Encoded, scaled

MIN_RUNS = 10
MAX_RUNS = 1_500
WEAK_R2 = 0.1
# Fewer points than this always lie on a line.
_MIN_PAIRS = 3


@dataclass(frozen=True, slots=True)
class ImportanceRow:
    """One parameter.

    `importance` is its share of what the forest uses, 0..1; `low` and `high` are the least and the greatest share
    in any of the five folds, which show how sure it is. `correlation` is Pearson's r of a number (its logarithm on a
    log scale) with the metric over the runs that have it; None for a category, which has no direction.
    """

    parameter: str
    importance: float
    correlation: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Importance:
    """Parameters, the most important first; the importances sum to 1, or are all 0 when nothing was found.

    `runs` is how many runs had a finite value, `r2` the share of the variance that the forest explains in runs that
    it has not seen. `warning` says in a sentence why the ranking is missing or to be doubted.
    """

    rows: tuple[ImportanceRow, ...]
    runs: int
    r2: float | None
    warning: str | None


def parameter_importance(encoded: Encoded, values: NDArray[np.float64], *, seed: int) -> Importance:
    """Return how much each parameter matters for `values` (float64[n], NaN where a run has none).

    Of more than 1,500 runs a random sample is taken. Outliers, such as diverged runs, are drawn in to Tukey's inner
    fences, for else a single one would decide the ranking. The same arguments give the same answer.
    """
    if len(values) != len(encoded.matrix):
        raise ValueError(f"{len(encoded.matrix)} configurations but {len(values)} values")
    usable = np.flatnonzero(np.isfinite(values))
    target = _fenced(values[usable])
    chosen = _sample(len(usable), seed)
    reason = _why_not(encoded, target[chosen])
    if reason:
        return Importance((), len(usable), None, reason)
    r2, shares = _shares(encoded, usable[chosen], target[chosen], seed)
    rows = [
        ImportanceRow(column.axis.name, share.mean, _correlation(column, usable, target), share.low, share.high)
        for column, share in zip(encoded.columns, shares, strict=True)
    ]
    rows.sort(key=_rank)
    return Importance(tuple(rows), len(usable), r2, _doubt(r2))


class _Share(NamedTuple):
    mean: float
    low: float
    high: float


def _why_not(encoded: Encoded, target: NDArray[np.float64]) -> str | None:
    if len(target) < MIN_RUNS:
        return f"A ranking needs {MIN_RUNS} ended runs with a value of the metric; so far there are {len(target)}."
    if not encoded.columns:
        return "No parameter varies between the runs."
    if target.min() == target.max():
        return "The metric has the same value in all runs."
    return None


def _doubt(r2: float) -> str | None:
    if r2 <= 0:
        return (
            "The parameters do not predict the metric of runs that the model has not seen, "
            "so there is no ranking: more runs may show one."
        )
    if r2 < WEAK_R2:
        return f"The parameters explain only {r2:.0%} of the differences between runs: read the ranking with care."
    return None


def _fenced(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return finite values drawn in to 1.5 interquartile ranges beyond the quartiles, moved and scaled to -1..1.

    Inner fences: Tukey, "Exploratory Data Analysis" (1977), chapter 2. There are none where half of the values are the
    same. Neither a forest nor a correlation notices the scale, which keeps their sums of squares from overflowing.
    """
    if not len(values):
        return values
    parts = values / 8  # so that ranges of the largest doubles are still finite
    low, middle, high = np.quantile(parts, [0.25, 0.5, 0.75])
    reach = 1.5 * (high - low)
    if reach > 0:
        parts = np.clip(parts, low - reach, high + reach)
    centred = parts - middle
    scale = float(np.abs(centred).max()) or 1.0
    scaled_values: NDArray[np.float64] = centred / scale
    return scaled_values


def _sample(count: int, seed: int) -> NDArray[np.int64]:
    """Return the positions to use out of `count`, ascending."""
    if count <= MAX_RUNS:
        return np.arange(count, dtype=np.int64)
    return np.sort(np.random.default_rng(seed).choice(count, MAX_RUNS, replace=False))


def _shares(
    encoded: Encoded, rows: NDArray[np.int64], target: NDArray[np.float64], seed: int
) -> tuple[float, list[_Share]]:
    """Return the forest's r2 and each column's share of the losses; all 0 where it predicts nothing."""
    # Imports scikit-learn; whoever only wants to read a result should not pay for that.
    from sweeps_app.analysis.forest import held_out_losses

    owners = np.array(encoded.owners)
    groups = [np.flatnonzero(owners == i) for i in range(len(encoded.columns))]
    found = held_out_losses(encoded.matrix[rows], target, groups, seed=seed)
    # Chance gives a useless parameter small losses of both signs, so they are averaged before they are cut off at 0.
    means = found.losses.mean(axis=0).clip(min=0)
    if found.r2 <= 0 or not means.any():
        return found.r2, [_Share(0.0, 0.0, 0.0)] * len(groups)
    folds = found.losses.clip(min=0)
    folds = folds[folds.any(axis=1)]
    by_fold = np.vstack([folds / folds.sum(axis=1, keepdims=True), means / means.sum()])
    figures = zip(by_fold[-1].tolist(), by_fold.min(axis=0).tolist(), by_fold.max(axis=0).tolist(), strict=True)
    return found.r2, [_Share(*figure) for figure in figures]


def _correlation(column: AxisColumn, usable: NDArray[np.int64], target: NDArray[np.float64]) -> float | None:
    """Return Pearson's r of a number with the target, None where there is no direction or nothing varies."""
    if column.axis.kind == "category":
        return None
    values = scaled(column)[usable]
    known = ~np.isnan(values)
    x, y = values[known], target[known]
    if len(x) < _MIN_PAIRS or x.min() == x.max() or y.min() == y.max():
        return None
    x, y = x - x.mean(), y - y.mean()
    r = float(x @ y / np.sqrt((x @ x) * (y @ y)))
    return min(max(r, -1.0), 1.0)


def _rank(row: ImportanceRow) -> tuple[float, float, str]:
    return -row.importance, -abs(row.correlation or 0.0), row.parameter
