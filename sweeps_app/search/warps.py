"""Monotone transforms of an objective, so that a Gaussian process can describe it.

Losses often span orders of magnitude: on their own scale the worst runs decide the fit, and the good ones, which
matter, look all the same. `Warp.log` spreads them by the logarithm of the distance to the best one. Which transform
describes the observations best is told by their likelihood, with the transform's derivative accounted for: Snelson,
Rasmussen and Ghahramani, "Warped Gaussian Processes", NIPS 2003.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from scipy.special import ndtr

from sweeps_app.search.kernels import Array

# The offsets of the logarithm, as shares of the distance from the smallest value to the median.
OFFSETS = (3.0, 0.3, 0.03)
_LARGEST_EXPONENT = 700.0
_SMALLEST = 1e-150


class Outlook(NamedTuple):
    """What is predicted of one run, on the objective's own scale.

    `mean` and `deviation` are the middle and half the width of the central 68% where the scale is logarithmic.
    """

    mean: float
    deviation: float
    improvement: float


@dataclass(frozen=True)
class Warp:
    """(g(y) - `centre`) / `scale` with g(y) = log(y - `origin`), or g(y) = y where `origin` is None."""

    centre: float
    scale: float
    origin: float | None = None

    @classmethod
    def linear(cls, values: Array) -> Self:
        """Return the warp that standardises `values`."""
        return cls(*_centre_and_scale(values))

    @classmethod
    def log(cls, values: Array, offset: float) -> Self:
        """Return the warp by the logarithm of the distance to the smallest of `values`, plus `offset` > 0."""
        origin = float(np.min(values)) - offset
        return cls(*_centre_and_scale(np.log(values - origin)), origin)

    def forward(self, values: Array) -> Array:
        """Return values on the warped scale."""
        spread = values if self.origin is None else np.log(values - self.origin)
        return (spread - self.centre) / self.scale

    def backward(self, warped: float) -> float:
        """Return the value that is `warped` on the warped scale."""
        spread = warped * self.scale + self.centre
        return spread if self.origin is None else self.origin + math.exp(min(spread, _LARGEST_EXPONENT))

    def log_jacobian(self, values: Array) -> float:
        """Return the sum of the logarithms of the warp's derivative at `values`."""
        flat = -len(values) * math.log(self.scale)
        return flat if self.origin is None else flat - float(np.sum(np.log(values - self.origin)))

    def outlook(self, mean: float, deviation: float, best: float) -> Outlook:
        """Return the prediction that is normal on the warped scale, as it is on the objective's own.

        The improvement is the expectation of max(0, best - y), all in closed form (for a logarithm that of the
        log-normal law, as in the price of a put option).
        """
        low, high = self.backward(mean - deviation), self.backward(mean + deviation)
        return Outlook(self.backward(mean), (high - low) / 2, self._improvement(mean, deviation, best))

    def _improvement(self, mean: float, deviation: float, best: float) -> float:
        z = (best - mean) / deviation
        if self.origin is None:
            density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
            return self.scale * deviation * max(z * float(ndtr(z)) + density, 0.0)
        sigma = deviation * self.scale
        whole = math.exp(min(mean * self.scale + self.centre + sigma * sigma / 2, _LARGEST_EXPONENT))
        bound = self.backward(best) - self.origin
        return max(bound * float(ndtr(z)) - whole * float(ndtr(z - sigma)), 0.0)


def candidates(values: Array) -> list[Warp]:
    """Return the warps to choose from for these values, the linear one first; equal values have no other."""
    below = float(np.median(values) - np.min(values))
    if below <= max(_SMALLEST, 1e-12 * float(np.max(np.abs(values)))):
        return [Warp.linear(values)]
    return [Warp.linear(values), *(Warp.log(values, share * below) for share in OFFSETS)]


def _centre_and_scale(values: Array) -> tuple[float, float]:
    scale = float(np.std(values))
    return float(np.mean(values)), scale if scale > 0 and math.isfinite(scale) else 1.0
