"""Several objectives at once: which points are best.

Losses are float64[n, m], smaller is better in each column: negate what is to be maximised.
"""

import numpy as np
from numpy.typing import NDArray

Losses = NDArray[np.float64]


def non_dominated(losses: Losses) -> NDArray[np.bool_]:
    """Return which rows no other row dominates: none is at least as good everywhere and better somewhere.

    Rows with NaN never are; of equal rows all are, or none. Takes O(n * size of the front).
    """
    front = np.zeros(len(losses), dtype=np.bool_)
    comparable = np.flatnonzero(~np.isnan(losses).any(axis=1))
    points, owners = np.unique(losses[comparable], axis=0, return_inverse=True)
    # The points are sorted by their first column, then the next: nothing behind the first one can dominate it.
    left = np.arange(len(points))
    found = np.zeros(len(points), dtype=np.bool_)
    while len(left):
        head = left[0]
        found[head] = True
        left = left[(points[left] < points[head]).any(axis=1)]
    front[comparable] = found[owners.reshape(-1)]
    return front


def best_first(losses: Losses, count: int) -> NDArray[np.intp]:
    """Return the indices of the `count` best rows: front by front, within a front the most isolated first.

    This is the selection of NSGA-II: Deb, Pratap, Agarwal, Meyarivan, IEEE Transactions on Evolutionary Computation 6
    (2002). With one column it is the order by size. Equal rows keep their order; rows with NaN are left out.
    """
    left = np.flatnonzero(~np.isnan(losses).any(axis=1))
    if losses.shape[1] == 1:
        return left[np.argsort(losses[left, 0], kind="stable")][:count]
    chosen: list[NDArray[np.intp]] = []
    missing = count
    while missing > 0 and len(left):
        in_front = non_dominated(losses[left])
        front = left[in_front]
        order = np.argsort(-crowding_distance(losses[front]), kind="stable")
        chosen.append(front[order][:missing])
        missing -= len(chosen[-1])
        left = left[~in_front]
    return np.concatenate(chosen) if chosen else np.empty(0, dtype=np.intp)


def crowding_distance(losses: Losses) -> NDArray[np.float64]:
    """Return for each row of a front how far its neighbours are apart, summed over the scaled columns.

    Infinite at the ends of a column.
    """
    total = np.zeros(len(losses))
    for column in losses.T:
        order = np.argsort(column, kind="stable")
        ranked = column[order] / max(float(np.abs(column).max()), np.finfo(np.float64).tiny)
        width = ranked[-1] - ranked[0]
        if width <= 0:
            continue
        gaps = np.full(len(column), np.inf)
        gaps[1:-1] = (ranked[2:] - ranked[:-2]) / width
        total[order] += gaps
    return total
