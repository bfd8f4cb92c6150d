"""Lines of console output as bytes, and back: times, streams and texts, each together, as one zstd frame.

Texts joined by newlines can be searched and cut at once, which is many times faster than to read them one by one.
"""

import re
import struct
from dataclasses import dataclass

import numpy as np
import zstandard
from numpy.typing import NDArray

from sweeps_app.columns.filters import Filter, filtered, unfiltered

STREAMS = ("stdout", "stderr")
# More than the lines of a chunk have, which are one request's at the most.
MAX_BODY = 2**26
MAX_TIME = 253_402_300_799.0  # the end of the year 9999
_VERSION = 1
_LEVEL = 3
_HEAD = struct.Struct("<BI")  # version, lines
_MICROSECONDS = 1e6
# Colours, movements of the cursor, titles of windows: what a terminal obeys instead of showing it.
_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\^_])")


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines in the order of arrival: `times` in microseconds since 1970, `streams` as places in `STREAMS`, `texts`."""

    times: NDArray[np.int64]
    streams: NDArray[np.uint8]
    texts: list[str]

    @classmethod
    def of(cls, times: list[float], streams: list[int], texts: list[str]) -> "Lines":
        """Return lines with times in seconds since 1970; no text may hold a newline."""
        microseconds = np.rint(np.array(times, dtype=np.float64) * _MICROSECONDS).astype(np.int64)
        return cls(microseconds, np.array(streams, dtype=np.uint8), texts)

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, part: slice) -> "Lines":
        return Lines(self.times[part], self.streams[part], self.texts[part])

    def __add__(self, other: "Lines") -> "Lines":
        return Lines(
            np.concatenate([self.times, other.times]),
            np.concatenate([self.streams, other.streams]),
            self.texts + other.texts,
        )

    def seconds(self) -> list[float]:
        """Return the times in seconds since 1970, exact to a microsecond."""
        seconds: list[float] = (self.times / _MICROSECONDS).tolist()
        return seconds

    def to_bytes(self) -> bytes:
        """Return the stored form; half of a surrogate pair, which UTF-8 cannot hold, becomes "?"."""
        body = b"".join(
            [
                filtered(self.times, Filter.DELTA),
                self.streams.tobytes(),
                "\n".join(self.texts).encode("utf-8", "replace"),
            ]
        )
        return _HEAD.pack(_VERSION, len(self)) + zstandard.ZstdCompressor(level=_LEVEL).compress(body)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> "Lines":
        """Return the lines that `to_bytes` stored; raises `ValueError` for anything else."""
        count, body = _unpacked(data)
        times = unfiltered(body[: 8 * count], Filter.DELTA).view(np.int64)
        streams = np.frombuffer(body[8 * count : 9 * count], dtype=np.uint8)
        text = body[9 * count :].decode()
        if count and text.count("\n") + 1 != count:
            raise ValueError("not stored lines: their number is wrong")
        return cls(times, streams, text.split("\n") if count else [])


def holding(data: bytes | memoryview, folded: str) -> list[int]:
    """Return the places of those stored lines whose visible text holds a text, which is given casefolded."""
    count, body = _unpacked(data)
    text = plain(body[9 * count :].decode()).casefold()
    if folded not in text:
        return []
    return [place for place, line in enumerate(text.split("\n")) if folded in line]


def plain(text: str) -> str:
    """Return a text without what tells a terminal its colours and where to write."""
    return _CONTROL.sub("", text) if "\x1b" in text else text


def _unpacked(data: bytes | memoryview) -> tuple[int, bytes]:
    view = memoryview(data)
    try:
        version, count = _HEAD.unpack_from(view)
        if version != _VERSION:
            raise ValueError("not stored lines of this version")
        if zstandard.get_frame_parameters(view[_HEAD.size :]).content_size > MAX_BODY:
            raise ValueError("not stored lines: their length is wrong")
        body = zstandard.ZstdDecompressor().decompress(view[_HEAD.size :])
    except (struct.error, zstandard.ZstdError) as error:
        raise ValueError(f"not stored lines: {error}") from error
    if len(body) < 9 * count:
        raise ValueError("not stored lines: some are missing")
    return count, body
