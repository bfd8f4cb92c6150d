"""Random forests of bootstrap samples of the runs, each with the runs that it has not seen.

Imports scikit-learn, which takes a second and 100 MB: import this module only where a forest is grown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import ExtraTreeRegressor

REFITS = 20
_LEAF = 2
_FEWEST_TREES, _MOST_TREES = 4, 12
# What one tree is grown from, in values of features: bounds the time for many runs, and each tree draws others.
_TREE_CELLS = 60_000
_FOREST_CELLS = 240_000
_PREDICTED_CELLS = 2_000_000  # at once: 8 MB as float32

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """`drawn` (int64[n]) is how often each run was drawn for its trees: those with 0 are new to it."""

    trees: tuple[ExtraTreeRegressor, ...]
    drawn: NDArray[np.int64]

    def predict(self, features: Features) -> NDArray[np.float64]:
        """Return the prediction for float32[m, k]."""
        mean: NDArray[np.float64] = self.by_tree(features).mean(axis=0)
        return mean

    def by_tree(self, features: Features) -> NDArray[np.float64]:
        """Return what each tree predicts, float64[trees, m]."""
        step = max(_PREDICTED_CELLS // max(features.shape[1], 1), 1)
        parts = [
            np.array([tree.tree_.predict(features[start : start + step])[:, 0] for tree in self.trees])
            for start in range(0, len(features), step)
        ]
        return np.concatenate(parts, axis=1) if parts else np.empty((len(self.trees), 0))


def grow_forests(features: Features, target: NDArray[np.float64], *, seed: int) -> tuple[Forest, ...]:
    """Grow a forest on each of 20 bootstrap samples of the runs; `features` is [n, k], `target` [n].

    Their trees are extremely randomised (Geurts, Ernst, Wehenkel, Machine Learning 63, 2006): they try one cut a
    feature instead of sorting for the best, which takes a third of the time and predicts as well. The same arguments
    give the same trees.
    """
    rng = np.random.default_rng(seed)
    return tuple(_forest(features, target, rng) for _ in range(REFITS))


def _forest(features: Features, target: NDArray[np.float64], rng: np.random.Generator) -> Forest:
    count, width = features.shape
    drawn = rng.integers(count, size=(count,))
    rows = min(count, max(_TREE_CELLS // width, 1))
    trees = min(max(_FOREST_CELLS // (rows * width), _FEWEST_TREES), _MOST_TREES)
    return Forest(
        tuple(_tree(features, target, drawn, rows, rng) for _ in range(trees)), np.bincount(drawn, minlength=count)
    )


def _tree(
    features: Features, target: NDArray[np.float64], drawn: NDArray[np.int64], rows: int, rng: np.random.Generator
) -> ExtraTreeRegressor:
    seen = drawn if rows == len(drawn) else rng.choice(drawn, rows, replace=False)
    tree = ExtraTreeRegressor(min_samples_leaf=_LEAF, max_features=1.0, random_state=int(rng.integers(2**31)))
    return tree.fit(features[seen], target[seen], check_input=False)
