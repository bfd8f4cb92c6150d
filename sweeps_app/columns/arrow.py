"""Rows as Apache Arrow: record batches of one schema, whose types are found in the chunks beforehand.

A metric of floats alone is `double`, of integers alone `int64`, of both `double` as long as that is exact, of texts
alone `string`, of booleans alone `bool`. Whatever else there is, such as lists, becomes the text of its JSON, and the
field says so: its metadata has `encoding: json`. A row without the metric has null there.
"""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from sweeps_app.columns.rows import MAX_STEP, STEP, texted
from sweeps_app.columns.table import EXACT_INTEGER, Column, Columns, Kind

_PLAIN = {
    frozenset({float}): pa.float64(),
    frozenset({int}): pa.int64(),
    frozenset({int, float}): pa.float64(),
    frozenset({str}): pa.string(),
    frozenset({bool}): pa.bool_(),
}
_AS_JSON = {"encoding": "json"}
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Types:
    """Gathers what kinds of values each metric has."""

    def __init__(self) -> None:
        self._types: dict[str, set[type]] = {}
        self._has_large: set[str] = set()

    def note(self, columns: Columns) -> None:
        """Take the values of some rows into account."""
        for name, column in columns.metrics.items():
            self._types.setdefault(name, set()).update(_types(column))
            if _has_large_integers(column):
                self._has_large.add(name)

    def schema(self, names: Iterable[str]) -> pa.Schema:
        """Return the schema of the metrics `names`, `_step` first."""
        return pa.schema([pa.field(STEP, pa.int64(), nullable=False), *(self._field(name) for name in names)])

    def _field(self, name: str) -> pa.Field:
        types = frozenset(self._types.get(name, {float}))
        plain = _PLAIN.get(types)
        is_rounded = name in self._has_large and types != {int}
        if plain is None or is_rounded:
            return pa.field(name, pa.string(), metadata=_AS_JSON)
        return pa.field(name, plain)


def record_batch(columns: Columns, schema: pa.Schema) -> pa.RecordBatch:
    """Return rows as one batch of `schema`, which `Types` has made of these rows, too."""
    arrays = [pa.array(columns.steps)]
    arrays += [_array(columns.metrics.get(field.name), field, len(columns)) for field in schema if field.name != STEP]
    return pa.record_batch(arrays, schema=schema)


def _array(column: Column | None, field: pa.Field, rows: int) -> pa.Array:
    if column is None:
        return pa.nulls(rows, field.type)
    is_json = field.metadata is not None and field.metadata.get(b"encoding") == b"json"
    if not is_json and column.kind is not Kind.JSON:
        numbers = column.values.astype(np.int64 if pa.types.is_int64(field.type) else np.float64, copy=False)
        return _spread(numbers, column, rows, field.type)
    found = column.tolist()
    values = [_encode(texted(value)) for value in found] if is_json else found
    whole: list[Any] = [None] * rows
    for row, value in zip(column.rows.tolist(), values, strict=True):
        whole[row] = value
    return pa.array(whole, type=field.type)


def _spread(numbers: Any, column: Column, rows: int, kind: pa.DataType) -> pa.Array:
    if len(numbers) == rows:
        return pa.array(numbers, type=kind)
    whole = np.zeros(rows, dtype=numbers.dtype)
    whole[column.rows] = numbers
    return pa.array(whole, type=kind, mask=~column.present(rows))


def _types(column: Column) -> set[type]:
    if column.kind is Kind.JSON:
        types = set(map(type, column.values))
        # Integers that int64 cannot hold: no plain type fits.
        return types | {object} if _largest(column) > MAX_STEP else types
    if column.kind is Kind.NUMBER and column.integers is not None:
        return {int if is_integer else float for is_integer in np.unique(column.integers)}
    return {int if column.kind is Kind.INTEGER else float}


def _has_large_integers(column: Column) -> bool:
    """Tell whether there are integers that a double might round."""
    return _largest(column) > EXACT_INTEGER


def _largest(column: Column) -> int:
    """Return the size of the largest integer; those among floats are known to be small."""
    if column.kind is Kind.INTEGER and len(column):
        return max(int(column.values.max()), -int(column.values.min()))
    return max((abs(value) for value in column.values if type(value) is int), default=0)
