"""Matérn covariance functions of scaled squared distances, with their derivatives.

Rasmussen and Williams, "Gaussian Processes for Machine Learning" (2006), equation 4.17. A kernel takes squared
distances and returns the correlation there and its derivative by the squared distance, both finite at 0.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Kernel = Callable[[Array], tuple[Array, Array]]


def matern32(squared: Array) -> tuple[Array, Array]:
    """Return (1 + s) exp(-s) with s = sqrt(3) d, and its derivative by d^2."""
    s = np.sqrt(3 * squared)
    decay = np.exp(-s)
    return (1 + s) * decay, -1.5 * decay


def matern52(squared: Array) -> tuple[Array, Array]:
    """Return (1 + s + s^2 / 3) exp(-s) with s = sqrt(5) d, and its derivative by d^2."""
    s = np.sqrt(5 * squared)
    decay = np.exp(-s)
    return (1 + s + s * s / 3) * decay, (-5 / 6) * (1 + s) * decay


def squared_distances(left: Array, right: Array) -> Array:
    """Return the squared Euclidean distances [n, m] of the rows of `left` [n, k] and `right` [m, k]."""
    squares: Array = np.sum(left * left, axis=1)[:, None] + np.sum(right * right, axis=1)[None, :]
    return np.maximum(squares - 2 * left @ right.T, 0.0)


def pair_distances(features: Array, groups: NDArray[np.intp]) -> Array:
    """Return the squared distance of each pair of rows i < j, split by group of features: [group, pair].

    Pairs are in the order of `np.triu_indices(n, 1)`.
    """
    pairs = np.triu_indices(len(features), 1)
    found = np.zeros((int(groups.max(initial=-1)) + 1, len(pairs[0])))
    for group in range(len(found)):
        block = features[:, groups == group]
        if block.shape[1] == 1:
            found[group] = (block[pairs[0], 0] - block[pairs[1], 0]) ** 2
        else:
            found[group] = squared_distances(block, block)[pairs]
    return found
