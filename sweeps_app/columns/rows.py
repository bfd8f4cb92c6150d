"""From the rows that a client sends to columns, and back.

A row is a JSON object: metric name -> number, text, boolean, null, list or nested object. Decided here:

* Nested objects become dotted names. Two ways to the same name in one row (`{"a.b": 1, "a": {"b": 2}}`) are
  refused: either answer would lose a value. An empty object stays a value.
* The text "NaN", "Infinity" and "-Infinity" is the number that it names, in lists too.
* Integers up to 64 bits stay integers, larger ones up to 10**308 are kept exactly as JSON values, and beyond
  that they are refused, because nothing could draw them.
* `_step` is an integer of 64 bits. A row without it gets the step before it plus 1. Repeated and
  decreasing steps are kept as they are. `_timestamp` is a metric like any other.
* Names have 1 to 255 characters. NUL and lone surrogates are refused in names and text, because PostgreSQL and
  UTF-8 cannot hold them.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.columns.table import Column, Columns, Kind, number_column, object_array

STEP = "_step"
MAX_NAME = 255
MAX_DEPTH = 32
MAX_METRICS = 5_000
MAX_INTEGER = 10**308
MAX_STEP = 2**63 - 1
CLOCKS = frozenset({"_timestamp", "_runtime"})  # do not count as metrics
NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MISSING = object()
_NUMBERS = {int, float}

# Positions of the rows, their values in that order, and the types among these.
_Piece = tuple[Sequence[int], Sequence[Any], set[type]]


class RowError(ValueError):
    """A row that cannot be stored.

    `index` is its position in the list that was given, `key` the metric's dotted name ("" when the row as a
    whole is wrong) in a form that is safe to print, `message` what is wrong and what to do.
    """

    def __init__(self, index: int, key: str, message: str) -> None:
        self.index = index
        self.key = _printable(key)
        self.message = message
        super().__init__(f"row {index}{f', {self.key!r}' if key else ''}: {message}")


def parse_rows(rows: Sequence[object], *, first_row: int = 0, next_step: int | None = None) -> Columns:
    """Return `rows` as columns; the first of them is row `first_row` of the run.

    `next_step` is the step of a first row without `_step` (the step of the run's last row plus 1); it is
    `first_row` when not given. Raises `RowError` for whatever cannot be stored, and nothing else.
    """
    if not isinstance(rows, list | tuple):
        raise RowError(0, "", "the rows must be a list of objects")
    for index, row in enumerate(rows):
        if type(row) is not dict:
            raise RowError(index, "", "must be an object of metric names and values")
    steps = _steps(rows, first_row if next_step is None else next_step)
    pieces = _pieces(enumerate(rows))
    return Columns(first_row, steps, {name: _column(name, found) for name, found in pieces.items()})


def to_rows(columns: Columns, *, text_non_finite: bool = False) -> list[dict[str, Any]]:
    """Return the rows as they were logged, nested names dotted, each with its `_step`.

    With `text_non_finite` non-finite numbers are the strings "NaN", "Infinity" and "-Infinity", lists
    included, so that the answer is standard JSON.
    """
    rows: list[dict[str, Any]] = [{STEP: step} for step in columns.steps.tolist()]
    for name, column in columns.metrics.items():
        values = column.tolist()
        if text_non_finite and _may_be_non_finite(column):
            values = [texted(value) for value in values]
        for position, value in zip(column.rows.tolist(), values, strict=True):
            rows[position][name] = value
    return rows


def last_values(columns: Columns) -> dict[str, Any]:
    """Return the last value of each metric as it was logged (a non-finite number as a float)."""
    last: dict[str, Any] = {}
    for name, column in columns.metrics.items():
        value = column.values[-1:].tolist()[0]
        as_integer = column.integers is not None and bool(column.integers[-1])
        last[name] = int(value) if as_integer else value
    return last


def _steps(rows: Sequence[Any], next_step: int) -> NDArray[np.int64]:
    given = [row.get(STEP, _MISSING) for row in rows]
    if set(map(type, given)) == {int}:
        try:
            return np.array(given, dtype=np.int64)
        except OverflowError:
            pass  # the loop below finds which row it is
    steps: list[int] = []
    for index, step in enumerate(given):
        value = next_step if step is _MISSING else step
        if type(value) is not int:
            raise RowError(index, STEP, "must be an integer")
        if abs(value) > MAX_STEP:
            raise RowError(index, STEP, "is outside the range of 64-bit integers")
        steps.append(value)
        next_step = value + 1
    return np.array(steps, dtype=np.int64)


def _pieces(rows: Iterable[tuple[int, Any]], *, flat: bool = False) -> dict[str, list[_Piece]]:
    """Return the values by metric. Rows with the same names are turned into columns together."""
    groups: dict[tuple[str, ...], tuple[list[int], list[Any]]] = {}
    for index, row in rows:
        names = tuple(row)
        group = groups.get(names)
        if group is None:
            group = groups[names] = ([], [])
        group[0].append(index)
        group[1].append(row.values())
    pieces: dict[str, list[_Piece]] = {}
    for names, (indices, values) in groups.items():
        _add_group(pieces, names, indices, values, flat=flat)
    return pieces


def _add_group(
    pieces: dict[str, list[_Piece]],
    names: tuple[str, ...],
    indices: list[int],
    rows: list[Any],
    *,
    flat: bool,
) -> None:
    columns = list(zip(*rows, strict=True))
    types = [set(map(type, column)) for column in columns]
    if not flat and any(dict in found for found in types):
        nested = ((i, _flat(i, dict(zip(names, row, strict=True)))) for i, row in zip(indices, rows, strict=True))
        for name, found in _pieces(nested, flat=True).items():
            pieces.setdefault(name, []).extend(found)
    else:
        for name, column, kinds in zip(names, columns, types, strict=True):
            if name != STEP:
                pieces.setdefault(name, []).append((indices, column, kinds))
    if len(pieces) > MAX_METRICS and len(pieces.keys() - CLOCKS) > MAX_METRICS:
        raise RowError(indices[0], "", f"brings the batch to more than {MAX_METRICS:,} metrics")


def _flat(index: int, row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    _flatten_into(flat, index, row, "", 1)
    return flat


def _flatten_into(flat: dict[str, Any], index: int, row: Mapping[str, Any], prefix: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise RowError(index, prefix[:-1], f"is nested deeper than {MAX_DEPTH} levels")
    for key, value in row.items():
        if type(key) is not str:
            raise RowError(index, f"{prefix}{key}", "a name must be text")
        name = prefix + key
        if type(value) is dict and value:
            _flatten_into(flat, index, value, f"{name}.", depth + 1)
        elif name in flat:
            raise RowError(index, name, "is given twice, as a dotted name and as a nested one: send it once")
        else:
            flat[name] = value


def _column(name: object, pieces: list[_Piece]) -> Column:
    indices, values, types = pieces[0] if len(pieces) == 1 else _in_order(pieces)
    key = checked_name(indices[0], name)
    rows = np.array(indices, dtype=np.int64)
    if types == {float}:
        return Column(Kind.FLOAT, rows, np.array(values, dtype=np.float64))
    if str in types:
        values = [NON_FINITE.get(value, value) if type(value) is str else value for value in values]
        types = set(map(type, values))
    if types == {int}:
        try:
            return Column(Kind.INTEGER, rows, np.array(values, dtype=np.int64))
        except OverflowError:
            pass  # larger integers are JSON values
    checked = [_checked(index, key, value, 0) for index, value in zip(indices, values, strict=True)]
    if types == {float}:
        return Column(Kind.FLOAT, rows, np.array(checked, dtype=np.float64))
    if types == _NUMBERS:
        return number_column(rows, checked)
    return Column(Kind.JSON, rows, object_array(checked))


def _in_order(pieces: list[_Piece]) -> _Piece:
    """Join the pieces of one metric in the order of their rows."""
    pairs = [pair for indices, values, _ in pieces for pair in zip(indices, values, strict=True)]
    pairs.sort(key=_first)
    indices, values = zip(*pairs, strict=True)
    return indices, values, {kind for _, _, types in pieces for kind in types}


def _first(pair: tuple[int, Any]) -> int:
    return pair[0]


def checked_name(index: int, name: object) -> str:
    """Return the name of a metric in row `index`; raises `RowError` for one that cannot be stored."""
    if type(name) is not str:
        raise RowError(index, str(name), "a name must be text")
    if not name:
        raise RowError(index, "", "has a metric without a name")
    if len(name) > MAX_NAME:
        raise RowError(index, name, f"a name has at most {MAX_NAME} characters, this one has {len(name)}")
    _check_text(index, name, name)
    return name


def _checked(index: int, key: str, value: Any, depth: int) -> Any:
    """Return `value` as it will be stored: the names of non-finite numbers in lists become numbers."""
    if depth > MAX_DEPTH:
        raise RowError(index, key, f"is nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, str):
        _check_text(index, key, value)
        return NON_FINITE.get(value, value)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise RowError(index, key, "is a number beyond the range of a double: send it as text")
        return value
    if isinstance(value, list):
        return [_checked(index, key, item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_checked_key(index, key, k): _checked(index, key, v, depth + 1) for k, v in value.items()}
    raise RowError(index, key, f"is not a JSON value ({type(value).__name__})")


def _checked_key(index: int, key: str, inner: object) -> str:
    if not isinstance(inner, str):
        raise RowError(index, key, "a name must be text")
    _check_text(index, key, inner)
    return inner


def _check_text(index: int, key: str, text: str) -> None:
    if _UNSTORABLE.search(text):
        raise RowError(
            index, key, "holds a character that cannot be stored (NUL or half of a surrogate pair): remove it"
        )


def _printable(key: str) -> str:
    shown = key.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
    return shown if len(shown) <= MAX_NAME else f"{shown[: MAX_NAME - 3]}..."


def _may_be_non_finite(column: Column) -> bool:
    if column.kind is Kind.INTEGER:
        return False
    return column.kind is Kind.JSON or not bool(np.isfinite(column.values).all())


def texted(value: Any) -> Any:
    """Return a value in which numbers that are not finite are the strings that name them, so that JSON holds it."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, list):
        return [texted(item) for item in value]
    if isinstance(value, dict):
        return {key: texted(item) for key, item in value.items()}
    return value
