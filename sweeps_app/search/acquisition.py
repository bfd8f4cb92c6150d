"""Expected improvement and its logarithm, which has a value and a gradient where the improvement is 0 in floats.

Ament, Daulton, Eriksson, Balandat and Bakshy, "Unexpected Improvements to Expected Improvement for Bayesian
Optimization", NeurIPS 2023. All is for minimisation.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import erfcx, ndtr

from sweeps_app.search.design import Design
from sweeps_app.search.gp import GaussianProcess
from sweeps_app.search.kernels import Array

_LOG_SQRT_2PI = 0.5 * math.log(2 * math.pi)
_SQRT_HALF_PI = math.sqrt(math.pi / 2)
_FAR = -1e4


def expected_improvement(mean: Array, deviation: Array, best: float) -> Array:
    """Return E max(0, best - y) for y normal with `mean` and `deviation` > 0."""
    z = (best - mean) / deviation
    return deviation * (z * ndtr(z) + np.exp(-z * z / 2 - _LOG_SQRT_2PI))


def log_unit_improvement(z: Array) -> tuple[Array, Array]:
    """Return log(phi(z) + z Phi(z)), the log expected improvement of a standard normal, and its derivative.

    Left of -1 both terms nearly cancel: there phi(z) (1 + z Phi(z) / phi(z)) is used with the scaled complementary
    error function, and left of -10,000 its expansion 1 / z^2.
    """
    value, slope = np.empty_like(z), np.empty_like(z)
    near = z > -1
    x = z[near]
    improvement = np.exp(-x * x / 2 - _LOG_SQRT_2PI) + x * ndtr(x)
    value[near], slope[near] = np.log(improvement), ndtr(x) / improvement
    x = z[~near]
    ratio = _SQRT_HALF_PI * erfcx(-x / math.sqrt(2))
    rest = np.where(x < _FAR, 1 / (x * x), 1 + x * ratio)
    value[~near], slope[~near] = np.log(rest) - x * x / 2 - _LOG_SQRT_2PI, ratio / rest
    return value, slope


@dataclass(frozen=True, eq=False)
class Acquisition:
    """The log expected improvement over `best` at points of a design, as `process` sees it."""

    process: GaussianProcess
    design: Design
    best: float

    def __call__(self, units: Array) -> Array:
        """Return the values [n] at the points `units` [n, d]."""
        mean, variance = self.process.predict(self.design.features(units))
        deviation = np.sqrt(variance)
        return log_unit_improvement((self.best - mean) / deviation)[0] + np.log(deviation)

    def with_gradient(self, units: Array) -> tuple[Array, Array]:
        """Return the values [n] and their derivatives [n, d] by the coordinates."""
        found = self.process.predict_with_gradient(self.design.features(units))
        deviation = np.sqrt(found.variance)
        z = (self.best - found.mean) / deviation
        value, slope = log_unit_improvement(z)
        by_mean = -slope / deviation
        by_variance = (1 - slope * z) / (2 * found.variance)
        gradient = by_mean[:, None] * found.mean_gradient + by_variance[:, None] * found.variance_gradient
        return value + np.log(deviation), self.design.pulled_back(gradient, units)
