"""Points to start from when the acquisition is maximised: everywhere, and near the best runs."""

import numpy as np
from scipy.stats import qmc

from sweeps_app.search.design import Design
from sweeps_app.search.kernels import Array

SMALLEST_UNIT = 2.0**-53
_RADII = (0.3, 0.03, 0.003)
_MOVED = 8  # coordinates of a perturbed point, on average at most: Regis and Shoemaker (2013), as in TuRBO


def everywhere(design: Design, count: int, generator: np.random.Generator) -> Array:
    """Return `count` quasi-random points [count, d]: a scrambled Sobol sequence; a power of two is best."""
    dimension = len(design.space.parameters)
    return inside(qmc.Sobol(dimension, scramble=True, rng=generator).random(count))


def near(design: Design, centres: Array, lengths: Array, count: int, generator: np.random.Generator) -> Array:
    """Return `count` points [count, d] near the rows of `centres`, for each radius in turn.

    `lengths` are the axes' length scales: a step is normal with a radius times them, a category is drawn anew.
    """
    axes = design.axes
    picked = centres[generator.integers(len(centres), size=count)].copy()
    moved = generator.random((count, len(axes))) < min(1.0, _MOVED / max(len(axes), 1))
    radii = np.resize(_RADII, count)
    for axis, length, move in zip(axes, lengths[: len(axes)].tolist(), moved.T, strict=True):
        steps = generator.normal(size=count) * radii * min(length, 1.0)
        anew = generator.random(count)
        old = picked[:, axis.position]
        if axis.kind == "category":
            move &= generator.random(count) < 1 / len(axes)
        new = anew if axis.kind == "category" else old + steps
        picked[:, axis.position] = np.where(move, new, old)
    return inside(picked)


def inside(units: Array) -> Array:
    """Return points moved into (0, 1]^d."""
    return np.clip(units, SMALLEST_UNIT, 1.0)
