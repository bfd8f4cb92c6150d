"""Rows of plain numbers: the names and types of one are compiled once, and each row is packed by a single call."""

import struct
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from sweepdeck._spool.records import NUMBERS, SHAPE, framed_json, pack_head, tag_of
from sweepdeck._values import is_name

STEP, TIMESTAMP = "_step", "_timestamp"
MAX_SHAPES = 10_000
# NumPy's scalars by name, since nothing here imports NumPy; longdouble does not fit into 64 bits.
_NUMPY_FLOATS = frozenset({"float16", "float32", "float64"})
_NUMPY_INTEGERS = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
_PLAIN = frozenset({int, float})


class Shape:
    """Names of metrics with their types, "d" for floats and "q" for integers, in the order of a row's values.

    A row's body is its step, its timestamp and its values, 8 bytes each. `segment` is the file that knows the shape.
    """

    def __init__(self, number: int, names: tuple[str, ...], codes: str, *, is_plain: bool = True) -> None:
        self.names, self.codes, self.is_plain = names, codes, is_plain
        self.tag = tag_of(NUMBERS, number)
        self.segment = 0
        self.body = struct.Struct(f"<qd{codes}")
        self.pack = self.body.pack
        self.size = 8 + self.body.size
        # About what a row takes as JSON.
        self.json_size = 60 + sum(len(name) + 24 for name in names)

    @property
    def definition(self) -> bytes:
        """The record that tells a reader of the shape."""
        return framed_json(SHAPE, [self.tag, self.names, self.codes])


def shape_of(definition: Any) -> Shape:
    """Return the shape that a record defines; raises `ValueError` or `TypeError` where it defines none."""
    tag, names, codes = definition
    shape = Shape(0, tuple(names), codes)
    shape.tag = tag
    return shape


class Shapes:
    """The shapes of a run's rows, found by the names and types of a row."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Shape | None] = {}
        self._count = 0

    def packed(self, row: Mapping[str, Any], step: int, timestamp: float) -> tuple[Shape, bytes] | None:
        """Return the record of a row of numbers with its shape, or None for rows that hold anything else."""
        values = row.values()
        key = (*row, *map(type, values))
        try:
            shape = self._known[key]
        except KeyError:
            shape = self._learn(key, row)
        if shape is None:
            return None
        try:
            body = shape.pack(step, timestamp, *values)
        except (struct.error, OverflowError):  # an integer beyond 64 bits
            return None
        tag = shape.tag
        return shape, pack_head(tag, crc32(body, tag)) + body

    def is_plain(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a row is known to hold nothing but Python's own numbers under proper names."""
        shape = self._known.get((*row, *map(type, row.values())))
        return shape is not None and shape.is_plain

    def _learn(self, key: tuple[Any, ...], row: Mapping[str, Any]) -> Shape | None:
        if len(self._known) >= MAX_SHAPES:
            return None
        codes = [_code(type(value)) for value in row.values()]
        is_storable = bool(row) and all(codes) and all(is_name(name) and name not in (STEP, TIMESTAMP) for name in row)
        shape = None
        if is_storable:
            is_plain = all(type(value) in _PLAIN for value in row.values())
            shape = Shape(self._count, tuple(map(str, row)), "".join(codes), is_plain=is_plain)
            self._count += 1
        self._known[key] = shape
        return shape


def _code(kind: type) -> str:
    if kind.__module__ == "numpy":
        return "d" if kind.__name__ in _NUMPY_FLOATS else "q" if kind.__name__ in _NUMPY_INTEGERS else ""
    if issubclass(kind, float):
        return "d"
    return "q" if issubclass(kind, int) and kind is not bool else ""


def flattened(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a row of nested dicts with dotted names, or None where that is the server's to judge."""
    flat: dict[str, Any] = {}
    return flat if _flatten(row, "", flat) else None


def _flatten(values: Mapping[str, Any], prefix: str, flat: dict[str, Any]) -> bool:
    for name, value in values.items():
        if type(name) is not str or (place := prefix + name) in flat:
            return False
        if isinstance(value, dict):
            if not value or not _flatten(value, f"{place}.", flat):
                return False
        else:
            flat[place] = value
    return True
