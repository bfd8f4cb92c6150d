"""How much of the space of several losses runs have covered: the hypervolume indicator, and how it grew.

Losses are float64[n, m], smaller is better in each column: negate what is to be maximised. The hypervolume is the
volume of what at least one row dominates, up to a reference point (Zitzler and Thiele, IEEE Transactions on
Evolutionary Computation 3, 1999). It is computed exactly by moocore, which takes O(n log n) for two and three columns
and exponential time in their number beyond (Guerreiro, Fonseca, Paquete, ACM Computing Surveys 54, 2021).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Losses = NDArray[np.float64]

MAX_LOSSES = 6
_FENCE = 1.5  # interquartile ranges beyond the quartile, by Tukey
_BEYOND = 0.1  # share of the range by which the reference is worse than the worst
# How often the volume is computed, by the number of columns: fronts of more columns are larger, and each takes longer.
_STEPS = {2: 300, 3: 300, 4: 60, 5: 20, 6: 10}


class Growth(NamedTuple):
    """The rows that made the front better when they came, `rows` (intp[k]), and the volume then (float64[k])."""

    rows: NDArray[np.intp]
    volumes: NDArray[np.float64]
    improved: int


def hypervolume(losses: Losses, reference: NDArray[np.float64]) -> float:
    """Return the volume that the rows dominate, up to `reference` (float64[m]).

    Rows that are not better than the reference everywhere, or have NaN, add nothing.
    """
    import moocore  # takes its time, and few sweeps have several metrics

    inside = losses[(losses < reference).all(axis=1)]
    return float(moocore.hypervolume(inside, ref=reference)) if len(inside) else 0.0


def hypervolume_growth(losses: Losses, reference: NDArray[np.float64]) -> Growth:
    """Return how the hypervolume grew as the rows came one after the other.

    A row improves it when it lies inside the reference and no earlier row is as good everywhere. Of many such rows the
    volume is given for the first, the last, and an even sample between; `improved` counts them all.
    """
    improving = _improving(losses, reference)
    most = _STEPS[losses.shape[1]]
    places = np.arange(len(improving))
    if len(improving) > most:
        places = np.unique(np.linspace(0, len(improving) - 1, most).astype(np.intp))
    volumes = [hypervolume(losses[improving[: place + 1]], reference) for place in places.tolist()]
    return Growth(improving[places], np.array(volumes, dtype=np.float64), len(improving))


def reference_point(losses: Losses) -> NDArray[np.float64]:
    """Return a point (float64[m]) that is worse than the rows: a tenth of the range beyond the worst of each column.

    What is beyond the upper quartile by more than 1.5 interquartile ranges is not counted as the worst, so that rows
    that diverged do not decide how large the volume is. Raises `ValueError` without rows.
    """
    low, high = losses.min(axis=0), losses.max(axis=0)
    first, third = np.quantile(losses, (0.25, 0.75), axis=0)
    fence = third + _FENCE * (third - first)
    worst = np.array([column[column <= end].max() for column, end in zip(losses.T, fence, strict=True)])
    width = worst - low
    room = np.where(width > 0, _BEYOND * width, np.maximum(_BEYOND * np.abs(high), np.finfo(np.float64).tiny))
    return np.asarray(worst + room, dtype=np.float64)


def _improving(losses: Losses, reference: NDArray[np.float64]) -> NDArray[np.intp]:
    front = np.empty((0, losses.shape[1]))
    found = []
    for row in np.flatnonzero((losses < reference).all(axis=1)).tolist():
        point = losses[row]
        if (front <= point).all(axis=1).any():
            continue
        front = np.vstack([front[(front < point).any(axis=1)], point])
        found.append(row)
    return np.array(found, dtype=np.intp)
