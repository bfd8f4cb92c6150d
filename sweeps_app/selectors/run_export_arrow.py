"""A table of runs as Parquet; imported when the first is asked for.

The values are read twice: for the types of the columns, and to be written. A column of numbers is `double`, or `int64`
where all are integers; NaN and the infinities are numbers there. One of texts is `string`, of true and false `bool`, of
moments `timestamp`. Anything mixed is the text of its JSON, and the field's metadata says `encoding: json`.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sweeps_app.json_values import non_finite
from sweeps_app.query.columns import Column, Kind
from sweeps_app.selectors.export_arrow import Sink
from sweeps_app.selectors.run_export import RunsTable

_MAX_INTEGER = 2**63
_EXACT_INTEGER = 2**53
_NUMBER = "number"  # what may be one: the text of a number that is not finite


def runs_parquet(table: RunsTable) -> Iterator[bytes]:
    """Yield the table as a Parquet file."""
    kinds: list[set[Any]] = [set() for _ in table.columns]
    for block in table.blocks():
        for row in block:
            for seen, value in zip(kinds, row, strict=True):
                seen.add(_kind(value))
    fields = [_field(column, seen - {None}) for column, seen in zip(table.columns, kinds, strict=True)]
    schema, sink = pa.schema(fields), Sink()
    writer = pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd")
    for block in table.blocks():
        arrays = [pa.array([_as(field, row[i]) for row in block], field.type) for i, field in enumerate(fields)]
        writer.write_batch(pa.record_batch(arrays, schema=schema))
        yield sink.take()
    writer.close()
    yield sink.take()


def _kind(value: Any) -> Any:
    if isinstance(value, str) and non_finite(value) is not None:
        return _NUMBER
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT_INTEGER:
        return "large" if abs(value) < _MAX_INTEGER else object
    return None if value is None else type(value)


def _field(column: Column, kinds: set[Any]) -> pa.Field:
    if column.kind is Kind.TAGS:
        return pa.field(column.key, pa.list_(pa.string()))
    if column.kind is Kind.TIME:
        return pa.field(column.key, pa.timestamp("us", "UTC"))
    plain = _plain(kinds)
    if plain is None:
        return pa.field(column.key, pa.string(), metadata={"encoding": "json"})
    return pa.field(column.key, plain)


def _plain(kinds: set[Any]) -> pa.DataType | None:
    """Return the type that holds all values as they are, None where there is none."""
    if kinds and kinds <= {int, "large"}:
        return pa.int64()
    if kinds <= {int, float, _NUMBER}:
        return pa.float64()
    if kinds <= {str, _NUMBER}:
        return pa.string()
    return pa.bool_() if kinds == {bool} else None


def _as(field: pa.Field, value: Any) -> Any:
    if value is None or isinstance(value, datetime):
        return value
    if field.metadata is not None:
        return json.dumps(value, ensure_ascii=False)
    convert: Callable[[Any], Any] | None = _CONVERTED.get(field.type)
    return value if convert is None else convert(value)


def _float(value: Any) -> float:
    return float(value if not isinstance(value, str) else value.replace("Infinity", "inf"))


_CONVERTED = {pa.float64(): _float}
