"""Laws of values that are counted: categories and integers."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Self

from sweeps_app.search.law import Law, as_probability, json_key, step_of


@dataclass(frozen=True)
class Categorical(Law):
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
        return self.values[step_of(u, len(self.values)) - 1]

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
class IntUniform(Law):
    """Each integer from `min` to `max`, both included, with the same probability."""

    min: int
    max: int
    is_discrete = True

    def quantile(self, u: float) -> int:
        return self.min - 1 + step_of(u, self.max - self.min + 1)

    def cdf(self, value: Any) -> float:
        return as_probability((math.floor(value) - self.min + 1) / (self.max - self.min + 1))

    def contains(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.min <= value <= self.max

    def atoms(self) -> range:
        return range(self.min, self.max + 1)

    def grid_values(self) -> range:
        return self.atoms()
