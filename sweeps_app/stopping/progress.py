"""The figures of a run, brought forward as values come in: the same however the values were cut into batches."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sweeps_app.stopping.compare import better
from sweeps_app.stopping.rule import Goal, Progress, Rung

# A power of two: exact, and the sum of 2**64 values of any size stays finite.
_SCALE = 2.0**-64
_LARGEST = float(np.finfo(np.float64).max)

# From the values, the scaled running sums, an index into both and the count there, what a run is worth.
Worth = Callable[[NDArray[np.float64], NDArray[np.float64], int, int], float]


def value_at(values: NDArray[np.float64], _sums: NDArray[np.float64], index: int, _count: int) -> float:
    """Return the value itself."""
    return float(values[index])


def average_at(_values: NDArray[np.float64], sums: NDArray[np.float64], index: int, count: int) -> float:
    """Return the average of all values up to this one."""
    return min(max(float(sums[index]) / count / _SCALE, -_LARGEST), _LARGEST)


def finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values that count: NaN and infinities are left out."""
    return values[np.isfinite(values)]


def advanced(
    progress: Progress, values: NDArray[np.float64], bands: tuple[int, ...], goal: Goal, worth: Worth
) -> tuple[Progress, tuple[Rung, ...]]:
    """Return the figures after `values`, and the rungs of the bands that were reached with them."""
    counted = finite(values)
    if not len(counted):
        return progress, ()
    # accumulate adds one by one, as batches do; numpy's sum adds in pairs and would round differently.
    sums = np.add.accumulate(np.concatenate([[progress.total], counted * _SCALE]))[1:]
    count = progress.count + len(counted)
    rungs = _reached(progress.count, count, bands, lambda i, n: worth(counted, sums, i, n))
    best = float(counted.min() if goal == "minimize" else counted.max())
    after = replace(
        progress,
        count=count,
        last=float(counted[-1]),
        best=best if progress.best is None else better(progress.best, best, goal),
        total=float(sums[-1]),
    )
    return (replace(after, band=rungs[-1].band, rung=rungs[-1].value), rungs) if rungs else (after, ())


def _reached(
    before: int, after: int, bands: tuple[int, ...], worth_at: Callable[[int, int], float]
) -> tuple[Rung, ...]:
    new = bands[bisect_right(bands, before) : bisect_right(bands, after)]
    return tuple(Rung(band, worth_at(band - before - 1, band)) for band in new)
