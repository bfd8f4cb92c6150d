"""What laws of parameters have in common.

A quantile takes u in (0, 1]. Values never leave the support, whatever the rounding of floats, and the unbounded
distributions treat u within 2**-53 of 0 or 1 as that far away from it, so that every value is finite.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar, Protocol, Self

# Integers up to here are exact in a double, so every JSON reader and every database keeps them.
MAX_INTEGER = 2**53

MARGIN = 2.0**-53


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


class Law:
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


def step_of(u: float, count: int) -> int:
    """Return the smallest i in 1..`count` with i / `count` >= u, exactly, whatever `u * count` rounds to."""
    i = min(max(math.ceil(u * count), 1), count)
    if i > 1 and (i - 1) / count >= u:
        return i - 1
    return i + 1 if i < count and i / count < u else i


def as_probability(value: float) -> float:
    """Return a computed probability without what rounding put below 0 or above 1."""
    return min(max(float(value), 0.0), 1.0)


def inside(u: float) -> float:
    """Return u, kept 2**-53 away from 0 and from 1."""
    return min(max(u, MARGIN), 1.0 - MARGIN)


def is_number(value: Any) -> bool:
    """Tell whether `value` is an int or a float; a bool is neither."""
    return isinstance(value, int | float) and not isinstance(value, bool)
