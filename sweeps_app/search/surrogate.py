"""The model of a sweep's objective: a warped Gaussian process whose cost is bounded however many runs there are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweeps_app.search.design import Design
from sweeps_app.search.gp import Data, GaussianProcess
from sweeps_app.search.kernels import Array
from sweeps_app.search.likelihood import Fit, LogNormal, Model, fit, start_of
from sweeps_app.search.warps import Warp, candidates

MODEL_SIZE = 200
# Few observations are explained by noise, or by short lengths without: both modes are looked at.
_NOISY = 0.03
_COMPARED = 60  # observations that decide between the warps

# What is thought of an objective, standardised, before any run. Measured on the problems of `benchmarks/search.py`.
MODEL = Model(
    length=LogNormal(0.5, 1.0, 5e-3, 1e2),
    signal=LogNormal(1.0, 1.0, 2.5e-3, 4e2),
    noise=LogNormal(1e-4, 3.0, 1e-8, 10.0),
    mean_variance=1.0,
)


@dataclass(frozen=True, eq=False)
class Surrogate:
    """A process on the warped scale of the objective."""

    process: GaussianProcess
    warp: Warp

    @property
    def best(self) -> float:
        """The smallest mean at an observation, on the warped scale: with noise the smallest value is only lucky."""
        return float(np.min(self.process.predict(self.process.data.features).mean))

    def with_pending(self, features: Array) -> "Surrogate":
        """Return the model that believes its own predictions at points that are still running.

        The kriging believer of Ginsbourger, Le Riche and Carraro, "Kriging is well-suited to parallelize optimization"
        (2010): the next suggestion keeps away from these points, and counts on what they promise.
        """
        if not len(features):
            return self
        means = self.process.predict(features).mean
        return Surrogate(self.process.with_rows(features, means), self.warp)


def fit_surrogate(design: Design, units: Array, values: Array, *, is_linear: bool = False) -> Surrogate:
    """Return the model of `values` [n] (to be minimised) at the points `units` [n, d].

    The warp is the likeliest, or with `is_linear` none.
    """
    kept = representative(design.features(units), values, MODEL_SIZE)
    features, values = design.features(units[kept]), values[kept]
    warps = [Warp.linear(values)] if is_linear else candidates(values)
    warp, start = _likeliest(features, design.groups, values, warps)
    data = Data(features, design.groups, warp.forward(values))
    fitted = fit(data, MODEL, [start])
    process = GaussianProcess(data, fitted.hyper, kernel=MODEL.kernel, mean_variance=MODEL.mean_variance)
    return Surrogate(process, warp)


def representative(features: Array, values: Array, count: int) -> NDArray[np.intp]:
    """Return the indices of at most `count` observations: the best half, and the rest far apart from each other."""
    if len(values) <= count:
        return np.arange(len(values))
    order = np.argsort(values, kind="stable")
    best, rest = order[: count // 2], order[count // 2 :]
    return np.sort(np.concatenate([best, rest[_far_apart(features, best, rest, count - len(best))]]))


def _far_apart(features: Array, taken: NDArray[np.intp], rest: NDArray[np.intp], count: int) -> list[int]:
    """Return places in `rest`, each the farthest from `taken` and from those before it (Gonzalez, 1985)."""
    others = features[rest]
    nearest = np.full(len(rest), math.inf)
    for row in features[taken]:
        nearest = np.minimum(nearest, np.sum((others - row) ** 2, axis=1))
    picked = []
    for _ in range(count):
        place = int(np.argmax(nearest))
        picked.append(place)
        nearest = np.minimum(nearest, np.sum((others - others[place]) ** 2, axis=1))
        nearest[place] = -1.0
    return picked


def _likeliest(features: Array, groups: NDArray[np.intp], values: Array, warps: Sequence[Warp]) -> tuple[Warp, Array]:
    """Return the warp under which (at most 60 of) the values are the most probable, and its fit's logarithms."""
    kept = representative(features, values, _COMPARED)
    features, compared = features[kept], values[kept]

    def fitted(warp: Warp) -> Fit:
        data = Data(features, groups, warp.forward(compared))
        return fit(data, MODEL, [start_of(data, MODEL), start_of(data, MODEL, noise=_NOISY)])

    found: Sequence[tuple[Warp, Fit]] = [(warp, fitted(warp)) for warp in warps]
    warp, best = max(found, key=lambda pair: pair[1].log_density + pair[0].log_jacobian(compared))
    return warp, best.logs
