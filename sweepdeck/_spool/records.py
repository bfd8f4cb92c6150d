"""The records of a spool: a tag of kind and number, a checksum, and what is told.

    uint32       the kind in the lowest 4 bits; above, the number of a row's shape, else the length of the body
    uint32       CRC-32 of the body, begun with the tag, so that a record torn by a crash is recognised
    body         a multiple of 8 bytes, so that rows of one shape can be read as columns by strided slices

Numbers are little-endian. No tag is 0: a file system that has lost data shows zeros.
"""

import json
import struct
from typing import Any
from zlib import crc32

HEAD = struct.Struct("<II")
KIND_BITS = 4
MAX_BODY = 2 ** (32 - KIND_BITS) - 1

# A row of numbers; what its names are; a row as JSON; changes of the run; its end.
NUMBERS, SHAPE, ROW, CONFIG, DETAILS, SUMMARY, ENDING = range(1, 8)
CHANGES = {CONFIG: "config", DETAILS: "details", SUMMARY: "summary"}

pack_head = HEAD.pack


def tag_of(kind: int, number: int) -> int:
    """Return the tag of a record; `number` is the shape of a row of numbers, else the length of the body."""
    return number << KIND_BITS | kind


def split(tag: int) -> tuple[int, int]:
    """Return kind and number of a tag."""
    return tag & (2**KIND_BITS - 1), tag >> KIND_BITS


def framed(kind: int, body: bytes) -> bytes:
    """Return the record that holds `body`, JSON in UTF-8, filled up with spaces. Raises `ValueError` for 256 MiB."""
    body += b" " * (-len(body) % 8)
    if len(body) > MAX_BODY:
        raise ValueError(f"a record of {len(body):,} bytes is too large")
    tag = tag_of(kind, len(body))
    return pack_head(tag, crc32(body, tag)) + body


def framed_json(kind: int, value: Any) -> bytes:
    """Return the record that holds a JSON value."""
    return framed(kind, json.dumps(value, separators=(",", ":")).encode())
