"""Rows of numbers as columns: the body of a request of type `application/vnd.sweepdeck.columns`.

Little-endian: "SWB1", the length of the header as uint32, the header as JSON, the steps as int64, then for each column
one byte a row where some rows lack it, and its values as 64-bit floats ("f"), integers ("i"), or floats that are
followed by one byte a value, 1 for integers ("n"). docs/api.md has the whole.
"""

import json
import struct
import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from sweepdeck._spool.blocks import Numbers
from sweepdeck._spool.shapes import TIMESTAMP

MEDIA_TYPE = "application/vnd.sweepdeck.columns"
_EXACT = 2**53
_KINDS = {"d": "f", "q": "i"}


class Unfit(ValueError):
    """Rows that columns cannot hold exactly."""


def columns_body(offset: int, blocks: Sequence[Numbers], told: Mapping[str, Any]) -> bytes:
    """Return the body of a batch whose first row is number `offset` of the run; `told` is what else its header says.

    Raises `Unfit` where one metric has both floats and integers beyond 2**53.
    """
    columns: list[list[Any]] = []
    parts: list[bytes] = [b"".join(block.column(1).tobytes() for block in blocks)]
    for name, places in _places(blocks).items():
        kind, values = _values(blocks, places)
        count = sum(block.count for block, place in zip(blocks, places, strict=True) if place)
        columns.append([name, kind, count])
        if not all(places):
            marks = (b"\1" if place else b"\0" for place in places)
            parts.append(b"".join(mark * block.count for mark, block in zip(marks, blocks, strict=True)))
        parts += values
    header = {"offset": offset, "rows": sum(block.count for block in blocks), "columns": columns, **told}
    text = json.dumps(header).encode()
    return b"".join((b"SWB1", struct.pack("<I", len(text)), text, *parts))


def _places(blocks: Sequence[Numbers]) -> dict[str, list[int]]:
    """Return for each metric where the records of each block have it, 0 for blocks without it."""
    places: dict[str, list[int]] = {}
    for index, block in enumerate(blocks):
        for place, name in enumerate((TIMESTAMP, *block.shape.names), start=2):
            places.setdefault(name, [0] * len(blocks))[index] = place
    return places


def _values(blocks: Sequence[Numbers], places: Sequence[int]) -> tuple[str, list[bytes]]:
    """Return kind and values of a metric."""
    found = [(block, place) for block, place in zip(blocks, places, strict=True) if place]
    codes = [("d" + block.shape.codes)[place - 2] for block, place in found]
    if len(set(codes)) == 1:
        return _KINDS[codes[0]], [b"".join(block.column(place).tobytes() for block, place in found)]
    values: list[bytes] = []
    marks: list[bytes] = []
    for (block, place), code in zip(found, codes, strict=True):
        values.append(block.column(place).tobytes() if code == "d" else _floats(block.column(place)))
        marks.append((b"\0" if code == "d" else b"\1") * block.count)
    return "n", [*values, b"".join(marks)]


def _floats(words: memoryview) -> bytes:
    numbers = array("q", words.tobytes())
    if sys.byteorder == "big":
        numbers.byteswap()
    if min(numbers) < -_EXACT or max(numbers) > _EXACT:
        raise Unfit("integers beyond 2**53 beside floats")
    floats = array("d", numbers)
    if sys.byteorder == "big":
        floats.byteswap()
    return floats.tobytes()
