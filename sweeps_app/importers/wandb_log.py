"""The file `run-ID.wandb` that wandb writes offline: records in blocks, each a message of Protocol Buffers.

The file is a log of LevelDB: after 7 bytes (":W&B", 0xBEE1 and a version, little-endian) come blocks of 32 KiB, in them
parts with a checksum (CRC-32 of type and data), a length and a type; a message is one part (1), or a first (2), middle
ones (3) and a last (4). Of a message only the fields are read that a run is made of, by their numbers.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweeps_app.errors import InvalidInput

BLOCK = 32 * 1024
_FILE_HEAD, _PART_HEAD = struct.Struct("<4sHB"), struct.Struct("<IHB")
_MAGIC = (b":W&B", 0xBEE1)
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
MAX_MESSAGE = 2**28


@dataclass(frozen=True)
class Message:
    """The fields of a message: by number what came, in order; integers, or bytes."""

    fields: dict[int, list[Any]]

    @classmethod
    def of(cls, data: bytes) -> "Message":
        """Return the message in some bytes; raises `ValueError` for what is none."""
        fields: dict[int, list[Any]] = {}
        place = 0
        while place < len(data):
            tag, place = _varint(data, place)
            value, place = _value(data, place, tag & 7)
            fields.setdefault(tag >> 3, []).append(value)
        return cls(fields)

    def messages(self, number: int) -> list["Message"]:
        """Return the messages of a repeated field."""
        return [Message.of(data) for data in self.fields.get(number, [])]

    def message(self, number: int) -> "Message":
        """Return the message of a field, an empty one where it is not there."""
        return Message.of(self.fields[number][-1]) if number in self.fields else Message({})

    def text(self, number: int) -> str:
        """Return a text, empty where it is not there."""
        return self.fields[number][-1].decode("utf-8", "replace") if number in self.fields else ""

    def texts(self, number: int) -> list[str]:
        """Return a repeated text."""
        return [data.decode("utf-8", "replace") for data in self.fields.get(number, [])]

    def integer(self, number: int, default: int = 0) -> int:
        """Return an integer, signed as `int32` and `int64` are."""
        value: int = self.fields.get(number, [default])[-1]
        return value - 2**64 if value >= 2**63 else value

    def has(self, number: int) -> bool:
        """Tell whether a field is there."""
        return number in self.fields


def log_messages(path: Path) -> Iterator[Message]:
    """Yield the messages of a file; one that a killed process has not finished ends it.

    Raises `InvalidInput` for a file that is none of wandb's, or damaged.
    """
    with path.open("rb") as file:
        head = file.read(_FILE_HEAD.size)
        if len(head) < _FILE_HEAD.size or _FILE_HEAD.unpack(head)[:2] != _MAGIC:
            raise InvalidInput.of("file", f"{path} is no log of wandb")
        message = b""
        for kind, data in _parts(file, path):
            message = data if kind in (_FULL, _FIRST) else message + data
            if len(message) > MAX_MESSAGE:
                raise InvalidInput.of("file", f"{path} has a record of more than {MAX_MESSAGE // 2**20} MiB")
            if kind in (_FULL, _LAST):
                try:
                    yield Message.of(message)
                except (ValueError, IndexError, struct.error) as error:
                    raise InvalidInput.of("file", f"{path} has a record that cannot be read: {error}") from None


def typed_value(item: Message) -> Any:
    """Return the value of an item of history, summary or config."""
    if item.has(16):
        return json.loads(item.text(16))
    if item.has(8):
        return json.loads(item.text(8))
    if item.has(7):
        return item.text(7)
    if item.has(6):
        return struct.unpack("<d", struct.pack("<Q", item.integer(6) % 2**64))[0]
    if item.has(5):
        zigzag = item.integer(5) % 2**64
        return (zigzag >> 1) ^ -(zigzag & 1)
    return bool(item.integer(4)) if item.has(4) else None


def _parts(file: Any, path: Path) -> Iterator[tuple[int, bytes]]:
    place = _FILE_HEAD.size
    while True:
        left = BLOCK - place % BLOCK
        if left < _PART_HEAD.size:
            place += len(file.read(left))
            continue
        head = file.read(_PART_HEAD.size)
        if len(head) < _PART_HEAD.size:
            return
        checksum, length, kind = _PART_HEAD.unpack(head)
        data = file.read(length)
        place += len(head) + len(data)
        if len(data) < length or (kind == 0 and length == 0):
            return
        if zlib.crc32(bytes([kind]) + data) != checksum or kind not in (_FULL, _FIRST, _MIDDLE, _LAST):
            raise InvalidInput.of("file", f"{path} is damaged before byte {place:,}")
        yield kind, data


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")


def _value(data: bytes, place: int, kind: int) -> tuple[Any, int]:
    if kind == _VARINT:
        return _varint(data, place)
    if kind == _FIXED64:
        return struct.unpack_from("<Q", data, place)[0], place + 8
    if kind == _FIXED32:
        return struct.unpack_from("<I", data, place)[0], place + 4
    if kind != _BYTES:
        raise ValueError(f"a field of the unknown type {kind}")
    length, place = _varint(data, place)
    if place + length > len(data):
        raise ValueError("a field is cut off")
    return data[place : place + length], place + length
