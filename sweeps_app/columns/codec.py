"""The stored form of a chunk of history, version 1.

All numbers are little-endian. Every section is one zstd frame with its content size and checksum.

    bytes        content
    4            the magic "SWHC"
    1            the version, 1
    4            uint32: length of the directory section
    directory    JSON in UTF-8, see below
    steps        int64[rows], delta
    per column, in the directory's order
      presence   only if `count` < `rows`: one bit a row, first row in the lowest bit of the first byte
      values     `count` values

The directory is an object: `first_row`, `rows`, `steps` (length of that section in bytes) and `columns`, a list of
`[name, kind, count, presence length, values length, filter]` with a presence length of 0 when it is left out.

kind  values, before the filter
f     float64[count]
i     int64[count]
n     float64[count], followed by one bit a value: set when it was logged as an integer (exact up to 2**53)
j     a JSON array in UTF-8, in which NaN, Infinity and -Infinity stand for these numbers

filter  of the 8-byte numbers of kinds f, i, n; applied when writing, undone when reading
0       none
1       bytes are transposed: all first bytes, then all second bytes, and so on
2       each number's 64 bits, read as uint64, less those of the number before it (modulo 2**64), then as 1
"""

import json
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, cast

import numpy as np
import zstandard
from numpy.typing import NDArray

from sweeps_app.columns.filters import Filter, best_filter, filtered, unfiltered
from sweeps_app.columns.table import Column, Columns, Kind, object_array

MAGIC = b"SWHC"
VERSION = 1
LEVEL = 3
# More than any section holds; a damaged length must not be taken for an order to reserve memory.
MAX_SECTION = 2**30
# 5,000 names of 255 characters, each of them written as twelve bytes, have room.
MAX_DIRECTORY = 2**24
_HEAD = struct.Struct("<4sBI")


class CodecError(ValueError):
    """Bytes that are not a chunk of a version that this server reads, or are damaged."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A column in the directory; the lengths are in bytes, as stored."""

    name: str
    kind: Kind
    count: int
    presence: int
    values: int
    filter: Filter


def encode(columns: Columns) -> bytes:
    """Return `columns` in the format above."""
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True)
    sections = [compressor.compress(filtered(columns.steps, Filter.DELTA))]
    entries: list[list[Any]] = []
    for name, column in columns.metrics.items():
        raw, used = _raw_values(column)
        presence, values = _raw_presence(column, len(columns)), compressor.compress(raw)
        stored = compressor.compress(presence) if presence else b""
        entries.append([name, column.kind, len(column), len(stored), len(values), used])
        sections += [stored, values]
    directory = {
        "first_row": columns.first_row,
        "rows": len(columns),
        "steps": len(sections[0]),
        "columns": entries,
    }
    packed = compressor.compress(json.dumps(directory, separators=(",", ":")).encode())
    return b"".join([_HEAD.pack(MAGIC, VERSION, len(packed)), packed, *sections])


def decode(data: bytes | memoryview, metrics: Collection[str] | None = None) -> Columns:
    """Return what `encode` was given; with `metrics` only these columns, the rest stays compressed.

    Raises `CodecError` for damaged bytes and for another version.
    """
    view = memoryview(data)
    try:
        return _decoded(view, None if metrics is None else frozenset(metrics))
    except CodecError:
        raise
    except (struct.error, zstandard.ZstdError, ValueError, KeyError, TypeError) as error:
        raise CodecError(f"a damaged chunk of history: {error}") from error


def _decoded(view: memoryview, wanted: frozenset[str] | None) -> Columns:
    magic, version, length = _HEAD.unpack_from(view)
    if magic != MAGIC or version != VERSION:
        raise CodecError(f"not a chunk of history of version {VERSION}")
    start = _HEAD.size + length
    directory = json.loads(_unpacked(view[_HEAD.size : start], MAX_DIRECTORY))
    rows = directory["rows"]
    end = start + directory["steps"]
    steps = unfiltered(_unpacked(view[start:end]), Filter.DELTA).view(np.int64)
    # Before a wrong number of rows is taken for an order to reserve memory, too.
    if len(steps) != rows:
        raise CodecError("a damaged chunk of history: its number of rows is wrong")
    metrics: dict[str, Column] = {}
    for entry in _entries(directory):
        presence, values = view[end : end + entry.presence], view[end + entry.presence :][: entry.values]
        end += entry.presence + entry.values
        if wanted is None or entry.name in wanted:
            bits = _unpacked(presence) if entry.presence else b""
            metrics[entry.name] = _column(entry, rows, bits, _unpacked(values))
    if end != len(view):
        raise CodecError("a damaged chunk of history: its length is wrong")
    return Columns(directory["first_row"], steps, metrics)


def unpacked_size(data: bytes | memoryview) -> int:
    """Return how many bytes all sections of a chunk have when they are read, without reading them.

    Raises `CodecError` for bytes that are no chunk.
    """
    view = memoryview(data)
    try:
        start = _HEAD.size + _HEAD.unpack_from(view)[2]
        directory = json.loads(_unpacked(view[_HEAD.size : start], MAX_DIRECTORY))
        lengths = [start - _HEAD.size, directory["steps"]]
        lengths += [length for entry in _entries(directory) for length in (entry.presence, entry.values) if length]
        ends = list(accumulate(lengths, initial=_HEAD.size))
        return sum(_size(view[a:b]) for a, b in pairwise(ends))
    except CodecError:
        raise
    except (struct.error, zstandard.ZstdError, ValueError, KeyError, TypeError) as error:
        raise CodecError(f"a damaged chunk of history: {error}") from error


def _unpacked(section: memoryview, most: int = MAX_SECTION) -> bytes:
    if _size(section) > most:
        raise CodecError("a damaged chunk of history: a section's length is wrong")
    return zstandard.ZstdDecompressor().decompress(section)


def _size(section: memoryview) -> int:
    """Return how long a section is when it is read, by its own word, which its reader holds it to."""
    return zstandard.get_frame_parameters(section).content_size


def _entries(directory: dict[str, Any]) -> Iterator[_Entry]:
    for name, kind, count, presence, values, used in directory["columns"]:
        yield _Entry(name, Kind(kind), count, presence, values, Filter(used))


def _raw_presence(column: Column, total: int) -> bytes:
    if len(column) == total:
        return b""
    return np.packbits(column.present(total), bitorder="little").tobytes()


def _raw_values(column: Column) -> tuple[bytes, Filter]:
    if column.kind is Kind.JSON:
        text = json.dumps(column.values.tolist(), separators=(",", ":"), ensure_ascii=False)
        return text.encode(), Filter.NONE
    used = best_filter(column.values)
    raw = filtered(column.values, used)
    if column.integers is not None:
        raw += np.packbits(column.integers, bitorder="little").tobytes()
    return raw, used


def _column(entry: _Entry, total: int, presence: bytes, raw: bytes) -> Column:
    rows = _rows(presence, total) if presence else np.arange(total, dtype=np.int64)
    integers: NDArray[np.bool_] | None = None
    if entry.kind is Kind.JSON:
        values = object_array(json.loads(raw))
    else:
        words = unfiltered(raw[: 8 * entry.count], entry.filter)
        values = words.view(np.int64 if entry.kind is Kind.INTEGER else np.float64)
    if not len(rows) == len(values) == entry.count:
        raise CodecError(f"a damaged chunk of history: {entry.name!r} has the wrong number of values")
    if entry.kind is Kind.NUMBER:
        integers = _bits(raw[8 * entry.count :], entry.count)
    return Column(entry.kind, rows, values, integers)


def _rows(presence: bytes, total: int) -> NDArray[np.int64]:
    return np.flatnonzero(_bits(presence, total)).astype(np.int64, copy=False)


def _bits(packed: bytes, count: int) -> NDArray[np.bool_]:
    bits = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=count, bitorder="little")
    return cast("NDArray[np.bool_]", bits.view(np.bool_))
