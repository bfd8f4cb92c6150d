"""Laws of real numbers that are rounded to multiples of a step."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from sweeps_app.search.law import is_number
from sweeps_app.search.reals import Beta, LogNormal, LogUniform, LogUniformValues, Normal, Real, Uniform


@dataclass(frozen=True)
class Quantised(Real):
    """A law rounded to the nearest multiple of `q`, ties to even, and clipped to the support.

    An integer `q` gives integers, save at a fractional bound.
    """

    q: float = 1
    is_discrete = True

    def quantile(self, u: float) -> float:
        return self.at(round(super().quantile(u) / self.q))

    def contains(self, value: Any) -> bool:
        if not super().contains(value) or not math.isfinite(step := value / self.q):
            return False
        return bool(value == self.at(round(step)))

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
class QUniform(Quantised, Uniform):
    """Quantised uniform."""

    def contains(self, value: Any) -> bool:
        return super().contains(value) or (is_number(value) and self._is_on_grid(value))

    def grid_values(self) -> Sequence[Any]:
        """Return `min`, `min` + q, ... below `max`, as numpy.arange gives them: `max` itself is no grid point."""
        count = math.ceil((self.max - self.min) / self.q)
        if all(isinstance(x, int) for x in (self.min, self.max, self.q)):
            return range(int(self.min), int(self.max), int(self.q))
        return _Arange(float(self.min), float(self.min + self.q) - self.min, count)

    def _is_on_grid(self, value: float) -> bool:
        """Tell whether a grid search gives `value`: it starts at `min`, which need not be a multiple of `q`."""
        if not self.min <= value < self.max:
            return False
        values = self.grid_values()
        return bool(value == values[min(round((value - self.min) / self.q), len(values) - 1)])


@dataclass(frozen=True)
class QLogUniform(Quantised, LogUniform):
    """Quantised `LogUniform`."""


@dataclass(frozen=True)
class QLogUniformValues(Quantised, LogUniformValues):
    """Quantised `LogUniformValues`."""


@dataclass(frozen=True)
class QNormal(Quantised, Normal):
    """Quantised `Normal`."""


@dataclass(frozen=True)
class QLogNormal(Quantised, LogNormal):
    """Quantised `LogNormal`."""


@dataclass(frozen=True)
class QBeta(Quantised, Beta):
    """Quantised `Beta`."""


class _Steps(Sequence[float]):
    """The values of a quantised law between two of its steps, both included."""

    def __init__(self, law: Quantised, first: int, last: int) -> None:
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
