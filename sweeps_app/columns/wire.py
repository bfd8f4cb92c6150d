"""A batch of rows as columns, as a client sends it: version 1 of `application/vnd.sweepdeck.columns`.

All numbers are little-endian.

    bytes        content
    4            the magic "SWB1"
    4            uint32: length of the header
    header       JSON in UTF-8: {"offset", "rows", "columns": [[name, kind, count], ...], "summary"?, "finish"?}
    steps        int64[rows]
    per column, in the header's order
      presence   only if `count` < `rows`: one byte a row, 1 where the row has the metric, else 0
      values     `count` values

kind  values
f     float64[count]
i     int64[count]
n     float64[count], followed by one byte a value: 1 where it was logged as an integer (exact up to 2**53)

Unlike the stored form (`codec.py`) it can be written by a few slices of memory, without a numeric library. Text and
nested values have no kind here: a batch that has any is sent as JSON rows.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.columns.rows import CLOCKS, MAX_METRICS, STEP, RowError, checked_name
from sweeps_app.columns.table import EXACT_INTEGER, Column, Columns, Kind

MEDIA_TYPE = "application/vnd.sweepdeck.columns"
MAGIC = b"SWB1"
MAX_ROWS = 100_000
_HEAD = struct.Struct("<4sI")
_FIELDS = {"offset", "rows", "columns", "summary", "finish"}
_MAX_OFFSET = 2**63 - 1
_LONGEST_HEADER = 4 * 2**20


class WireError(ValueError):
    """Bytes that are no batch: `place` is the part that is wrong, such as `columns[2]`, "" for the whole."""

    def __init__(self, place: str, message: str) -> None:
        self.place, self.message = place, message
        super().__init__(f"{place or 'the body'}: {message}")


@dataclass(frozen=True, slots=True)
class WireBatch:
    """Rows whose first one is number `offset` of the run; values for its summary and how it ends, not looked into."""

    offset: int
    columns: Columns
    summary: dict[str, Any] | None = None
    finish: dict[str, Any] | None = None


class _Reader:
    """Takes typed arrays from the front of the bytes."""

    def __init__(self, data: memoryview) -> None:
        self._rest = data

    def take(self, place: str, kind: str, count: int) -> NDArray[Any]:
        dtype = np.dtype(kind)
        size = dtype.itemsize * count
        if size > len(self._rest):
            raise WireError(place, f"has {len(self._rest):,} bytes left of the {size:,} that it needs")
        part, self._rest = self._rest[:size], self._rest[size:]
        # Sections need not begin at multiples of 8 bytes, and what is computed with had better do so.
        return np.frombuffer(part, dtype=dtype).copy()

    def end(self) -> None:
        if self._rest:
            raise WireError("", f"has {len(self._rest):,} bytes after its last column")


def read_batch(data: bytes) -> WireBatch:
    """Return what the bytes hold. Raises `WireError` for anything that is not exactly one batch."""
    view = memoryview(data)
    if len(view) < _HEAD.size or bytes(view[:4]) != MAGIC:
        raise WireError("", f"does not begin with {MAGIC.decode()}, as columns do")
    length = _HEAD.unpack_from(view)[1]
    header = _header(view[_HEAD.size : _HEAD.size + length], length)
    offset, rows = _whole(header, "offset", _MAX_OFFSET), _whole(header, "rows", MAX_ROWS)
    reader = _Reader(view[_HEAD.size + length :])
    steps = reader.take("steps", "<i8", rows)
    if rows and int(steps.min()) == -(2**63):
        raise WireError("steps", "are outside the range of 64-bit integers")
    metrics = _metrics(header.get("columns"), reader, rows)
    reader.end()
    told = {name: header.get(name) for name in ("summary", "finish")}
    for name, value in told.items():
        if value is not None and not isinstance(value, dict):
            raise WireError(name, "must be an object")
    return WireBatch(offset, Columns(offset, steps, metrics), **told)


def _header(part: memoryview, length: int) -> dict[str, Any]:
    if length > _LONGEST_HEADER or len(part) < length:
        raise WireError("header", "is longer than the body")
    try:
        header = json.loads(bytes(part).decode())
    except (ValueError, RecursionError) as error:
        raise WireError("header", f"is not JSON in UTF-8: {error}") from None
    if not isinstance(header, dict):
        raise WireError("header", "must be an object")
    unknown = sorted(header.keys() - _FIELDS)
    if unknown:
        raise WireError(unknown[0], "is not a field of a batch")
    return header


def _whole(header: dict[str, Any], field: str, largest: int) -> int:
    number = header.get(field)
    if type(number) is not int or not 0 <= number <= largest:
        raise WireError(field, f"must be an integer from 0 to {largest:,}")
    return number


def _metrics(entries: Any, reader: _Reader, rows: int) -> dict[str, Column]:
    if not isinstance(entries, list):
        raise WireError("columns", "must be a list of [name, kind, count]")
    metrics: dict[str, Column] = {}
    for index, entry in enumerate(entries):
        place = f"columns[{index}]"
        name, kind, count = _entry(place, entry, rows)
        if name in metrics:
            raise WireError(place, "has a name that another column has")
        present = _present(place, reader, rows, count)
        if kind == "n":
            values, integers = reader.take(place, "<f8", count), _flags(place, reader.take(place, "u1", count))
            _check_integers(place, values[integers])
            metrics[name] = Column(Kind.NUMBER, present, values, integers)
        else:
            metrics[name] = Column(Kind(kind), present, reader.take(place, "<i8" if kind == "i" else "<f8", count))
    if len(metrics.keys() - CLOCKS) > MAX_METRICS:
        raise WireError("columns", f"are more than {MAX_METRICS:,} metrics")
    return metrics


def _entry(place: str, entry: Any, rows: int) -> tuple[str, str, int]:
    if not isinstance(entry, list) or len(entry) != 3:
        raise WireError(place, "must be [name, kind, count]")
    name, kind, count = entry
    try:
        checked_name(0, name)
    except RowError as error:
        raise WireError(place, error.message) from None
    if name == STEP:
        raise WireError(place, "is called _step: steps have a section of their own")
    if kind not in ("f", "i", "n"):
        raise WireError(place, 'has a kind that is none of "f", "i" and "n"')
    if type(count) is not int or not 0 < count <= rows:
        raise WireError(place, "has a count that is not an integer from 1 to the number of rows")
    return name, kind, count


def _present(place: str, reader: _Reader, rows: int, count: int) -> NDArray[np.int64]:
    if count == rows:
        return np.arange(rows, dtype=np.int64)
    present = np.flatnonzero(_flags(place, reader.take(place, "u1", rows))).astype(np.int64, copy=False)
    if len(present) != count:
        raise WireError(place, f"marks {len(present):,} rows and has {count:,} values")
    return present


def _flags(place: str, flags: NDArray[np.uint8]) -> NDArray[np.bool_]:
    if len(flags) and int(flags.max()) > 1:
        raise WireError(place, "has a mark that is neither 0 nor 1")
    found: NDArray[np.bool_] = flags.view(np.bool_)
    return found


def _check_integers(place: str, values: NDArray[np.float64]) -> None:
    exact = np.isfinite(values) & (np.abs(values) <= EXACT_INTEGER) & (np.trunc(values) == values)
    if not exact.all():
        raise WireError(place, "marks a value as an integer that is none, or is beyond 2**53")
