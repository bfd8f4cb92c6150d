"""The points of a grid in order, each found by its number alone, however many there are."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sweeps_app.search.components import MAX_COMBINATIONS, Component, combination_count


class TooManyCombinations(ValueError):
    """Linked parameters have more combinations than can be checked one by one."""

    def __init__(self, component: Component, count: int) -> None:
        super().__init__(f"{component.names} have {count:,} combinations")
        self.component = component
        self.count = count


@dataclass
class _Part:
    """A component's points that agree with the digits chosen so far: `codes[low:high]`, the first of them >= `base`.

    A code is a point's index in the product of the component's values; `stride` is what the last digit counts.
    """

    codes: Sequence[int]
    stride: int
    low: int
    high: int
    base: int = 0

    def choose(self, rank: int, size: int) -> tuple[int, int]:
        """Take the next digit, of `size` values, of the point `rank`; return it and how many points stand before it."""
        self.stride //= size
        digit = (self.codes[self.low + rank] - self.base) // self.stride
        self.base += digit * self.stride
        first = bisect_left(self.codes, self.base, self.low, self.high)
        self.high = bisect_left(self.codes, self.base + self.stride, first, self.high)
        skipped = first - self.low
        self.low = first
        return digit, skipped


class GridPoints:
    """The Cartesian product of each parameter's values, the last parameter the fastest, without points that violate a
    constraint and without repetitions that differ in absent parameters only.

    `count` is their number. Raises `TooManyCombinations` where linked parameters have more than 100,000.
    """

    def __init__(self, components: Sequence[Component], values: Sequence[Sequence[Any]]) -> None:
        self._components = components
        self._values = values
        self._codes = [_codes(component, [values[i] for i in component.positions]) for component in components]
        self._owners = sorted((position, i) for i, c in enumerate(components) for position in c.positions)
        self.count = math.prod(len(codes) for codes in self._codes)

    def at(self, number: int) -> list[Any]:
        """Return the value of each parameter at point `number`, in order. Raises `IndexError` beyond the last point."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        parts = [
            _Part(codes, combination_count([self._values[i] for i in c.positions]), 0, len(codes))
            for c, codes in zip(self._components, self._codes, strict=True)
        ]
        values = []
        remaining, total = number, self.count
        for position, owner in self._owners:
            part = parts[owner]
            others = total // (part.high - part.low)
            digit, skipped = part.choose(remaining // others, len(self._values[position]))
            values.append(self._values[position][digit])
            remaining -= skipped * others
            total = others * (part.high - part.low)
        return values

    def empty(self) -> list[Component]:
        """Return the components of which no combination is allowed."""
        return [c for c, codes in zip(self._components, self._codes, strict=True) if not codes]


def _codes(component: Component, choices: Sequence[Sequence[Any]]) -> Sequence[int]:
    count = combination_count(choices)
    if component.is_free:
        return range(count)
    if count > MAX_COMBINATIONS:
        raise TooManyCombinations(component, count)
    return [index for index, _ in component.combinations(choices)]
