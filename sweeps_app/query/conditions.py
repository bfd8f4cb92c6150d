"""A checked query: every name is a column, every value has the type that it is compared as.

A condition holds or does not hold: a comparison with a value that is missing or of another type does not, so that `Not`
gives exactly the other runs.
"""

from dataclasses import dataclass
from typing import Literal

from sweeps_app.query.columns import Column

Order = Literal["<", "<=", ">", ">="]
# Not a number is the float NaN; a moment is a float, too: seconds since the epoch.
Scalar = float | str | bool


@dataclass(frozen=True)
class Compare:
    """The column has a value of the same type, on that side of `value`."""

    column: Column
    order: Order
    value: float | str


@dataclass(frozen=True)
class OneOf:
    """The column has one of some values; 1 and 1.0 are the same, 1, true and "1" are not."""

    column: Column
    values: tuple[Scalar, ...]


@dataclass(frozen=True)
class Contains:
    """The column has a text with `value` in it, in upper or lower case (A to Z), or a list with `value` as an entry."""

    column: Column
    value: Scalar


@dataclass(frozen=True)
class Missing:
    """The column has no value, or null; a text that is empty counts as none, except in a config or a summary."""

    column: Column


@dataclass(frozen=True)
class Search:
    """The name, the id or the host contains a text."""

    text: str


@dataclass(frozen=True)
class All:
    """All parts hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Any:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition = Compare | OneOf | Contains | Missing | Search | All | Any | Not


def both(one: Condition | None, other: Condition | None) -> Condition | None:
    """Return what holds where both do; None is no condition."""
    if one is None or other is None:
        return one or other
    return All((one, other))
