"""Distributions of parameters: exact quantiles and cumulative distributions, as plain Python numbers.

A quantile takes u in (0, 1]. Values never leave the support, whatever the rounding of floats, and the unbounded
distributions treat u within 2**-53 of 0 or 1 as that far away from it, so that every value is finite.
"""

import json
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate
from typing import Any, ClassVar, Protocol, Self, overload

from scipy.special import betainc, betaincinv, ndtr, ndtri

_MARGIN = 2.0**-53


def json_key(value: Any) -> str:
    """Return the JSON form that tells values apart: 1, 1.0 and True differ, the order of an object's keys does not."""
    return json.dumps(value, sort_keys=True)


class Distribution(Protocol):
    """The law of one parameter."""

    is_discrete: ClassVar[bool]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Return the law that a parameter's normalised config describes."""

    def quantile(self, u: float) -> Any:
        """Return the value at u in (0, 1]: the smallest one whose cumulative probability reaches u."""

    def cdf(self, value: Any) -> float:
        """Return the probability of values up to `value`; for quantised laws that of the law before rounding.

        Raises `ValueError` for a category that is not one of the values.
        """

    def contains(self, value: Any) -> bool:
        """Tell whether `value` can be drawn."""

    def atoms(self) -> Sequence[Any] | None:
        """Return every value that can be drawn, as a lazy sequence, or None where they are not countable."""

    def grid_values(self) -> Sequence[Any] | None:
        """Return the values of a grid search in order, as a lazy sequence, or None where a grid is not allowed."""


class _Law:
    """What laws share: made from a parameter's config, continuous and without a grid unless they say otherwise."""

    is_discrete: ClassVar[bool] = False

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Return the law that a parameter's normalised config describes."""
        return cls(**{f.name: config[f.name] for f in fields(cls) if f.name in config})  # type: ignore[arg-type]

    def atoms(self) -> Sequence[Any] | None:
        return None

    def grid_values(self) -> Sequence[Any] | None:
        return None


@dataclass(frozen=True)
class Categorical(_Law):
    """Each of `values` with the same probability."""

    values: Sequence[Any]
    is_discrete = True

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {json_key(v): i for i, v in reversed(list(enumerate(self.values)))}

    def _position(self, value: Any) -> int:
        try:
            return self._positions[json_key(value)]
        except KeyError:
            raise ValueError(f"{value!r} is not one of the values") from None

    def quantile(self, u: float) -> Any:
        return self.values[_step(u, len(self.values)) - 1]

    def cdf(self, value: Any) -> float:
        return (self._position(value) + 1) / len(self.values)

    def contains(self, value: Any) -> bool:
        return json_key(value) in self._positions

    def atoms(self) -> Sequence[Any]:
        return [self.values[i] for i in sorted(self._positions.values())]

    def grid_values(self) -> Sequence[Any] | None:
        return self.atoms()


class Constant(Categorical):
    """One value."""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        return cls([config["value"]])


@dataclass(frozen=True)
class WeightedCategorical(Categorical):
    """Each of `values` with its own probability."""

    probabilities: Sequence[float]

    @cached_property
    def _positions(self) -> dict[str, int]:
        possible = [i for i, p in enumerate(self.probabilities) if p > 0]
        return {json_key(self.values[i]): i for i in reversed(possible)}

    @cached_property
    def _cumulative(self) -> list[float]:
        # Divided by their sum, which may miss 1 by rounding, so that the last possible value ends at exactly 1.
        sums = list(accumulate(self.probabilities))
        return [x / sums[-1] for x in sums]

    def quantile(self, u: float) -> Any:
        return self.values[bisect_left(self._cumulative, u)]

    def cdf(self, value: Any) -> float:
        return self._cumulative[self._position(value)]

    def grid_values(self) -> None:
        return None


@dataclass(frozen=True)
class IntUniform(_Law):
    """Each integer from `min` to `max`, both included, with the same probability."""

    min: int
    max: int
    is_discrete = True

    def quantile(self, u: float) -> int:
        return self.min - 1 + _step(u, self.max - self.min + 1)

    def cdf(self, value: Any) -> float:
        return _unit((math.floor(value) - self.min + 1) / (self.max - self.min + 1))

    def contains(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.min <= value <= self.max

    def atoms(self) -> range:
        return range(self.min, self.max + 1)

    def grid_values(self) -> range:
        return self.atoms()


class _Real(_Law):
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
        return _unit(self._cdf(value))

    def contains(self, value: Any) -> bool:
        low, high = self.support
        return _is_number(value) and math.isfinite(value) and low <= value <= high

    def _quantile(self, u: float) -> float:
        raise NotImplementedError

    def _cdf(self, value: float) -> float:
        raise NotImplementedError


@dataclass(frozen=True)
class Uniform(_Real):
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
class LogUniform(_Real):
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


class _Mirrored(_Real):
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
class Normal(_Real):
    """Normal with mean `mu` and standard deviation `sigma`; a `sigma` of 0 always gives `mu`."""

    mu: float = 0
    sigma: float = 1

    def _quantile(self, u: float) -> float:
        return float(ndtri(_inner(u))) * self.sigma + self.mu

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
class Beta(_Real):
    """Beta on 0 to 1 with the shapes `a` and `b`."""

    a: float = 1
    b: float = 1

    @property
    def support(self) -> tuple[float, float]:
        return (0.0, 1.0)

    def _quantile(self, u: float) -> float:
        return float(betaincinv(self.a, self.b, u))

    def _cdf(self, value: float) -> float:
        return float(betainc(self.a, self.b, value))


@dataclass(frozen=True)
class _Quantised(_Real):
    """A law rounded to the nearest multiple of `q`, ties to even, and clipped to the support.

    An integer `q` gives integers, save at a fractional bound.
    """

    q: float = 1
    is_discrete = True

    def quantile(self, u: float) -> float:
        return self.at(round(super().quantile(u) / self.q))

    def contains(self, value: Any) -> bool:
        return super().contains(value) and value == self.at(round(value / self.q))

    def atoms(self) -> Sequence[Any] | None:
        low, high = self.support
        if math.isinf(low) or math.isinf(high):
            return None
        return _Steps(self, round(low / self.q), round(high / self.q))

    def at(self, step: int) -> float:
        """Return the value `step` multiples of `q` from 0, clipped to the support."""
        low, high = self.support
        return min(max(step * self.q, low), high)


@dataclass(frozen=True)
class QUniform(_Quantised, Uniform):
    """Quantised uniform."""

    def grid_values(self) -> Sequence[Any]:
        """Return `min`, `min` + q, ... below `max`, as numpy.arange gives them: `max` itself is no grid point."""
        count = math.ceil((self.max - self.min) / self.q)
        if all(isinstance(x, int) for x in (self.min, self.max, self.q)):
            return range(int(self.min), int(self.max), int(self.q))
        return _Arange(float(self.min), float(self.min + self.q) - self.min, count)


@dataclass(frozen=True)
class QLogUniform(_Quantised, LogUniform):
    """Quantised `LogUniform`."""


@dataclass(frozen=True)
class QLogUniformValues(_Quantised, LogUniformValues):
    """Quantised `LogUniformValues`."""


@dataclass(frozen=True)
class QNormal(_Quantised, Normal):
    """Quantised `Normal`."""


@dataclass(frozen=True)
class QLogNormal(_Quantised, LogNormal):
    """Quantised `LogNormal`."""


@dataclass(frozen=True)
class QBeta(_Quantised, Beta):
    """Quantised `Beta`."""


DISTRIBUTIONS: Mapping[str, type[Distribution]] = {
    "constant": Constant,
    "categorical": Categorical,
    "categorical_w_probabilities": WeightedCategorical,
    "int_uniform": IntUniform,
    "uniform": Uniform,
    "q_uniform": QUniform,
    "log_uniform": LogUniform,
    "log_uniform_values": LogUniformValues,
    "q_log_uniform": QLogUniform,
    "q_log_uniform_values": QLogUniformValues,
    "inv_log_uniform": InvLogUniform,
    "inv_log_uniform_values": InvLogUniformValues,
    "normal": Normal,
    "q_normal": QNormal,
    "log_normal": LogNormal,
    "q_log_normal": QLogNormal,
    "beta": Beta,
    "q_beta": QBeta,
}


class _Steps(Sequence[float]):
    """The values of a quantised law between two of its steps, both included."""

    def __init__(self, law: _Quantised, first: int, last: int) -> None:
        self._law = law
        self._steps = range(first, last + 1)

    def __len__(self) -> int:
        return len(self._steps)

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[float]: ...
    def __getitem__(self, index: int | slice) -> float | Sequence[float]:
        if isinstance(index, slice):
            return [self._law.at(step) for step in self._steps[index]]
        return self._law.at(self._steps[index])


class _Arange(Sequence[float]):
    """`count` floats from `start` in steps of `delta`, computed as numpy.arange does."""

    def __init__(self, start: float, delta: float, count: int) -> None:
        self._start = start
        self._delta = delta
        self._indices = range(count)

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[float]: ...
    def __getitem__(self, index: int | slice) -> float | Sequence[float]:
        if isinstance(index, slice):
            return [self._start + i * self._delta for i in self._indices[index]]
        return self._start + self._indices[index] * self._delta


def _step(u: float, count: int) -> int:
    """Return the smallest i in 1..`count` with i / `count` >= u, exactly, whatever `u * count` rounds to."""
    i = min(max(math.ceil(u * count), 1), count)
    if i > 1 and (i - 1) / count >= u:
        return i - 1
    return i + 1 if i < count and i / count < u else i


def _unit(probability: float) -> float:
    return min(max(float(probability), 0.0), 1.0)


def _inner(u: float) -> float:
    return min(max(u, _MARGIN), 1.0 - _MARGIN)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
