"""Laws of real numbers."""

import math
from dataclasses import dataclass
from typing import Any

from scipy.special import betainc, betaincinv, ndtr, ndtri

from sweeps_app.search.law import MARGIN, Law, as_probability, inside, is_number


class Real(Law):
    """A law of real numbers on the closed interval `support`."""

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest value; infinite where there is none."""
        return (-math.inf, math.inf)

    def quantile(self, u: float) -> float:
        low, high = self.support
        return float(min(max(self._quantile(u), low), high))

    def cdf(self, value: Any) -> float:
        low, high = self.support
        if not low < value < high:
            return 0.0 if value <= low else 1.0
        return as_probability(self._cdf(value))

    def contains(self, value: Any) -> bool:
        low, high = self.support
        return is_number(value) and math.isfinite(value) and low <= value <= high

    def _quantile(self, u: float) -> float:
        raise NotImplementedError

    def _cdf(self, value: float) -> float:
        raise NotImplementedError


@dataclass(frozen=True)
class Uniform(Real):
    """Uniform from `min` to `max`."""

    min: float
    max: float

    @property
    def support(self) -> tuple[float, float]:
        return (self.min, self.max)

    def _quantile(self, u: float) -> float:
        return self.min + u * (self.max - self.min)

    def _cdf(self, value: float) -> float:
        return (value - self.min) / (self.max - self.min)


@dataclass(frozen=True)
class LogUniform(Real):
    """exp of a uniform from `min` to `max`, which are exponents of e."""

    min: float
    max: float

    @property
    def exponents(self) -> tuple[float, float]:
        """The logarithms of the smallest and of the largest value."""
        return (self.min, self.max)

    @property
    def support(self) -> tuple[float, float]:
        return (math.exp(self.min), math.exp(self.max))

    def _quantile(self, u: float) -> float:
        low, high = self.exponents
        return math.exp(low + u * (high - low))

    def _cdf(self, value: float) -> float:
        low, high = self.exponents
        return (math.log(value) - low) / (high - low)


class LogUniformValues(LogUniform):
    """exp of a uniform from ln `min` to ln `max`."""

    @property
    def exponents(self) -> tuple[float, float]:
        return (math.log(self.min), math.log(self.max))

    @property
    def support(self) -> tuple[float, float]:
        return (self.min, self.max)


class _Mirrored(Real):
    """A law whose u runs from the largest value to the smallest, so that `cdf` stays the inverse of `quantile`."""

    def quantile(self, u: float) -> float:
        return super().quantile(1.0 - u)

    def cdf(self, value: Any) -> float:
        return 1.0 - super().cdf(value)


class InvLogUniform(_Mirrored, LogUniform):
    """`LogUniform`, mirrored in u."""


class InvLogUniformValues(_Mirrored, LogUniformValues):
    """`LogUniformValues`, mirrored in u."""


@dataclass(frozen=True)
class Normal(Real):
    """Normal with mean `mu` and standard deviation `sigma`; a `sigma` of 0 always gives `mu`."""

    mu: float = 0
    sigma: float = 1

    def _quantile(self, u: float) -> float:
        return float(ndtri(inside(u))) * self.sigma + self.mu

    def _cdf(self, value: float) -> float:
        if self.sigma == 0:
            return float(value >= self.mu)
        return float(ndtr((value - self.mu) / self.sigma))


class LogNormal(Normal):
    """exp of a normal."""

    @property
    def support(self) -> tuple[float, float]:
        return (0.0, math.inf)

    def _quantile(self, u: float) -> float:
        return math.exp(super()._quantile(u))

    def _cdf(self, value: float) -> float:
        return super()._cdf(math.log(value))


@dataclass(frozen=True)
class Beta(Real):
    """Beta on 0 to 1 with the shapes `a` and `b`."""

    a: float = 1
    b: float = 1

    @property
    def support(self) -> tuple[float, float]:
        return (0.0, 1.0)

    def _quantile(self, u: float) -> float:
        return float(betaincinv(self.a, self.b, max(u, MARGIN)))  # NaN for subnormal u

    def _cdf(self, value: float) -> float:
        return float(betainc(self.a, self.b, value))
