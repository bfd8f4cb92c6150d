"""The points of a grid in order, each found by its number alone, however many there are."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sweeps_app.search.components import Component
from sweeps_app.search.enumeration import TooManyCombinations

__all__ = ["GridPoints", "TooManyCombinations"]


@dataclass
class _Part:
    """A component's points that agree with the digits chosen so far: `codes[low:high]`, all >= `base`.

    A code is a point's index in the product of the component's values; `stride` is what the last digit counts.
    """

    codes: Sequence[int]
    stride: int
    low: int
    high: int
    base: int = 0

    def choose(self, rank: int, size: int) -> tuple[int, int]:
        """Take the next digit, of `size` values, of point `rank`; return it and how many points stand before it."""
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

    `count` is their number. Raises `TooManyCombinations` where linked parameters have too many to look at each.
    """

    def __init__(self, components: Sequence[Component], values: Sequence[Sequence[Any]]) -> None:
        self._components = components
        self._values = values
        self._sizes = [math.prod(len(values[i]) for i in component.positions) for component in components]
        self._codes = [_codes(component, [values[i] for i in component.positions]) for component in components]
        self._owners = sorted((position, i) for i, c in enumerate(components) for position in c.positions)
        self.count = math.prod(len(codes) for codes in self._codes)

    def empty(self) -> list[Component]:
        """Return the components of which no combination is allowed."""
        return [c for c, codes in zip(self._components, self._codes, strict=True) if not codes]

    def at(self, number: int) -> list[Any]:
        """Return the value of each parameter at point `number`, in order. Raises `IndexError` beyond the last point."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        parts = [_Part(codes, size, 0, len(codes)) for codes, size in zip(self._codes, self._sizes, strict=True)]
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


def _codes(component: Component, choices: Sequence[Sequence[Any]]) -> Sequence[int]:
    sizes = [len(choice) for choice in choices]
    if component.is_free:
        return range(math.prod(sizes))
    return sorted(_code(digits, sizes) for digits in component.combinations(choices))


def _code(digits: Sequence[int], sizes: Sequence[int]) -> int:
    code = 0
    for digit, size in zip(digits, sizes, strict=True):
        code = code * size + digit
    return code
