"""Maximise an acquisition over a design: gradients for what is continuous, neighbours for what is not."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sweeps_app.search.acquisition import Acquisition
from sweeps_app.search.axes import Axis
from sweeps_app.search.candidates import SMALLEST_UNIT
from sweeps_app.search.kernels import Array

Allowed = Callable[[Array], NDArray[np.bool_]]

_ROUNDS = 4
_ITERATIONS = 60
_ALL_LEVELS = 24
_HALVINGS = 6
_GAIN = 1e-6


def pick_starts(values: Array, count: int, generator: np.random.Generator) -> NDArray[np.intp]:
    """Return the index of the best value, and others drawn with the odds of their improvements; `values` are logs."""
    best = int(np.argmax(values))
    odds = np.exp(values - values[best])
    odds[best] = 0.0
    others = min(count - 1, int(np.count_nonzero(odds)))
    if others <= 0:
        return np.array([best])
    return np.append(best, generator.choice(len(values), others, replace=False, p=odds / odds.sum()))


def climb(acquisition: Acquisition, starts: Array, allowed: Allowed | None = None) -> tuple[Array, Array]:
    """Return the points [n, d] reached from `starts` and their values, none worse than it started.

    Continuous coordinates follow the gradient (L-BFGS-B), all starts in one problem; then each discrete coordinate
    tries its other levels; and again until that changes nothing. `allowed` tells which points satisfy the constraints.
    """
    points, values = starts, acquisition(starts)
    for _ in range(_ROUNDS):
        points, values = _better(acquisition, points, values, _ascended(acquisition, points), allowed)
        before = values
        for axis in acquisition.design.discrete:
            points, values = _stepped(acquisition, axis, points, values, allowed)
        if not np.any(values > before + _GAIN):
            break
    return points, values


def _ascended(acquisition: Acquisition, points: Array) -> Array:
    """Return the points with their continuous coordinates at a local maximum near by.

    Coordinates are scaled by the length scales, in which the acquisition is about equally steep everywhere.
    """
    design = acquisition.design
    columns = design.continuous
    if not len(columns):
        return points
    lengths = np.minimum(acquisition.process.hyper.lengths[_axis_numbers(acquisition)], 1.0)
    moving = points.copy()

    def loss(flat: Array) -> tuple[float, Array]:
        moving[:, columns] = flat.reshape(len(points), -1) * lengths
        value, gradient = acquisition.with_gradient(moving)
        return -float(np.sum(value)), -(gradient[:, columns] * lengths).ravel()

    bounds = [(SMALLEST_UNIT / length, 1 / length) for length in lengths.tolist()] * len(points)
    start = (points[:, columns] / lengths).ravel()
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _ITERATIONS})
    reached = points.copy()
    reached[:, columns] = np.clip(result.x.reshape(len(points), -1) * lengths, SMALLEST_UNIT, 1.0)
    return reached


def _axis_numbers(acquisition: Acquisition) -> NDArray[np.intp]:
    return np.array([i for i, axis in enumerate(acquisition.design.axes) if not axis.is_discrete], dtype=np.intp)


def _better(
    acquisition: Acquisition, points: Array, values: Array, moved: Array, allowed: Allowed | None
) -> tuple[Array, Array]:
    """Return each point moved where that is better; a move out of the constraints is halved until it is inside."""
    if allowed is not None:
        outside = ~allowed(moved)
        for _ in range(_HALVINGS):
            if not outside.any():
                break
            moved[outside] = (moved[outside] + points[outside]) / 2
            outside[outside] = ~allowed(moved[outside])
        moved[outside] = points[outside]
    reached = acquisition(moved)
    gains = reached > values
    return np.where(gains[:, None], moved, points), np.where(gains, reached, values)


def _stepped(
    acquisition: Acquisition, axis: Axis, points: Array, values: Array, allowed: Allowed | None
) -> tuple[Array, Array]:
    """Return each point with the level of `axis` that is best, of all or of those near its own."""
    levels = axis.level(points[:, axis.position])
    tries = [(row, other) for row, level in enumerate(levels.tolist()) for other in _others(axis, level)]
    rows, others = np.array(tries, dtype=np.intp).T
    moved = points[rows]
    moved[:, axis.position] = axis.centres[others]
    reached = acquisition(moved)
    if allowed is not None:
        hopeful = reached > values[rows]
        reached[~hopeful] = -np.inf
        reached[hopeful] = np.where(allowed(moved[hopeful]), reached[hopeful], -np.inf)
    points, values = points.copy(), values.copy()
    for i in np.argsort(reached, kind="stable").tolist():
        if reached[i] > values[rows[i]]:
            points[rows[i]], values[rows[i]] = moved[i], reached[i]
    return points, values


def _others(axis: Axis, level: int) -> Iterator[int]:
    """Yield the other levels to try: all of a category or of a short axis, else some up and down, wider and wider."""
    count = len(axis.levels)
    if axis.kind == "category" or count <= _ALL_LEVELS:
        yield from (other for other in range(count) if other != level)
        return
    step = 1
    while step < count:
        yield from (other for other in (level - step, level + step) if 0 <= other < count)
        step *= 2
