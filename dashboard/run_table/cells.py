"""What a run has in a column, as the table shows it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from dashboard.formatting import NOTHING, duration, exact_text, number, value_text
from sweeps_app.json_values import non_finite
from sweeps_app.query.columns import Column, Kind

MAX_CELL = 40
MAX_NOTE = 80


class Cell(NamedTuple):
    """A short text, and the value with every digit where that is more; `kind` tells the template how to draw it.

    `value` is what the kinds "state", "time" and "tags" are drawn from.
    """

    kind: str
    text: str
    exact: str = ""
    is_number: bool = False
    value: Any = None


ABSENT = Cell("absent", NOTHING)


def cell(column: Column, value: Any) -> Cell:
    """Return the cell of a value; None is a dash."""
    return cell_maker(column)(value)


def cell_maker(column: Column) -> Callable[[Any], Cell]:
    """Return what makes cells of the values of a column."""
    kind, keep_zeros = column.kind, column.source not in ("config", "field")

    def made(value: Any) -> Cell:
        if value is None:
            return ABSENT
        if kind in (Kind.CHOICE, Kind.TAGS):
            return Cell("state" if kind is Kind.CHOICE else "tags", "", value=value)
        if isinstance(value, datetime):
            return Cell("time", "", value=value)
        if kind is Kind.DURATION:
            return Cell("duration", duration(value), is_number=True)
        return value_cell(value, keep_zeros=keep_zeros)

    return made


def value_cell(value: Any, *, keep_zeros: bool = False) -> Cell:
    """Return the cell of a JSON value."""
    is_finite = isinstance(value, int | float) and not isinstance(value, bool)
    text = number(value, keep_zeros=keep_zeros) if is_finite else value_text(value, MAX_CELL)
    exact = exact_text(value)
    is_number = is_finite or (isinstance(value, str) and non_finite(value) is not None)
    return Cell("value", text, exact if exact != text else "", is_number)
