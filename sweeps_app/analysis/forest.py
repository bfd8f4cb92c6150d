"""How well a random forest predicts held-out runs, and how much worse it gets without each parameter.

Imports scikit-learn, which takes a second and 100 MB: import this module only where a forest is grown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import KFold

FOLDS = 5
TREES = 48
SHUFFLES = 2
# Of few runs each has to be tried with more values to tell an effect from chance.
SHUFFLED_ROWS = 2_000
_CELLS = 4_000_000  # of the matrix that is predicted at once: 16 MB as float32


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """`r2` over all held-out rows; `losses` is float64[folds, groups].

    A loss is the rise of the mean squared error when the group is shuffled, as a share of the target's variance.
    """

    r2: float
    losses: NDArray[np.float64]


def held_out_losses(
    matrix: NDArray[np.float64],
    target: NDArray[np.float64],
    groups: Sequence[NDArray[np.int64]],
    *,
    seed: int,
) -> HeldOut:
    """Grow a forest on each training fold, and give the fold left out each group's features from runs drawn at random.

    `matrix` is [n, k], `target` [n] (5 or more, not constant), a group is the indices of features that are shuffled
    together. Permutation importance: Breiman, "Random Forests", Machine Learning 45 (2001), section 10; here on the
    rows held out.
    The same arguments give the same result: one thread, because summing trees in parallel is not repeatable.
    """
    features = matrix.astype(np.float32)
    rng = np.random.default_rng(seed)
    folds = KFold(FOLDS, shuffle=True, random_state=int(rng.integers(2**31)))
    losses: list[list[float]] = []
    squared = 0.0
    for train, test in folds.split(features):
        forest = RandomForestRegressor(TREES, random_state=int(rng.integers(2**31)))
        forest.fit(features[train], target[train])
        error = float(np.mean((forest.predict(features[test]) - target[test]) ** 2))
        squared += error * len(test)
        shuffled = _shuffled_errors(forest, features, target, test, groups, rng)
        losses.append([value - error for value in shuffled])
    variance = float(np.var(target))
    return HeldOut(1 - squared / len(target) / variance, np.array(losses) / variance)


def _shuffled_errors(
    forest: RandomForestRegressor,
    features: NDArray[np.float32],
    target: NDArray[np.float64],
    test: NDArray[np.int64],
    groups: Sequence[NDArray[np.int64]],
    rng: np.random.Generator,
) -> Iterator[float]:
    """Yield the mean squared error of the rows `test` with each group shuffled; many are predicted in one call."""
    held_out = features[test]
    shuffles = max(SHUFFLES, SHUFFLED_ROWS // len(features))
    at_once = max(1, _CELLS // (held_out.size * shuffles))
    for start in range(0, len(groups), at_once):
        some = groups[start : start + at_once]
        stacked = np.tile(held_out, (len(some), shuffles, 1, 1))
        for copies, group in zip(stacked, some, strict=True):
            for copy in copies:
                copy[:, group] = features[np.ix_(rng.integers(len(features), size=len(copy)), group)]
        predicted = forest.predict(stacked.reshape(-1, features.shape[1]))
        errors = (predicted.reshape(len(some), -1, len(test)) - target[test]) ** 2
        yield from errors.mean(axis=(1, 2)).tolist()
