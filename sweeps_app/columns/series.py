"""A curve of bounded size that is kept up to date as values come in, and never loses a spike.

The finite values of a metric are numbered as they arrive. Buckets of 2**k consecutive values, with the smallest k
that needs at most 512 buckets, each keep their first smallest and first largest value; the first and the last value of
all are kept too. When the buckets run out, neighbours are merged in pairs. What is kept depends on the
values alone, not on how they were cut into batches, and up to 512 values all of them are kept.
"""

import struct
from dataclasses import dataclass, field, replace

import numpy as np
import zstandard
from numpy.typing import NDArray

from sweeps_app.columns.filters import Filter, filtered, unfiltered

MAX_BUCKETS = 512
MAX_POINTS = 2 * MAX_BUCKETS + 2
_VERSION = 1
_LEVEL = 1
_HEAD = struct.Struct("<BqqI")  # version, values seen, values skipped, points kept


def _no_integers() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


def _no_floats() -> NDArray[np.float64]:
    return np.empty(0, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The kept points in the order of arrival: `numbers` (0 for the first finite value), `steps`, `values`.

    `seen` counts the finite values, `skipped` the others, which a curve cannot show. At most `buckets` (a power of two)
    are kept; only a series of the usual number is ever stored.
    """

    seen: int = 0
    skipped: int = 0
    numbers: NDArray[np.int64] = field(default_factory=_no_integers)
    steps: NDArray[np.int64] = field(default_factory=_no_integers)
    values: NDArray[np.float64] = field(default_factory=_no_floats)
    buckets: int = MAX_BUCKETS

    @property
    def width(self) -> int:
        """How many values a bucket stands for, a power of two; 1 means that the curve is exact."""
        return 1 << self._shift(self.seen)

    def extended(self, steps: NDArray[np.int64], values: NDArray[np.float64]) -> "Series":
        """Return the series with `values` at `steps` added (same length, in the order of arrival)."""
        finite = np.isfinite(values)
        count = int(finite.sum())
        skipped = self.skipped + len(values) - count
        if not count:
            return replace(self, skipped=skipped)
        seen = self.seen + count
        numbers = np.concatenate([self.numbers, np.arange(self.seen, seen, dtype=np.int64)])
        all_steps = np.concatenate([self.steps, steps[finite]])
        all_values = np.concatenate([self.values, values[finite]])
        if not self._shift(seen):  # a bucket for each: all are kept
            return Series(seen, skipped, numbers, all_steps, all_values, self.buckets)
        keep = _kept(numbers >> self._shift(seen), all_values)
        return Series(seen, skipped, numbers[keep], all_steps[keep], all_values[keep], self.buckets)

    def points(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return steps and values to draw, at most two a bucket and two more, in the order of arrival."""
        return self.steps, self.values

    def _shift(self, seen: int) -> int:
        """Return the smallest k for which `seen` values fit into the buckets of 2**k."""
        return max((seen - 1) // self.buckets, 0).bit_length()

    def to_bytes(self) -> bytes:
        """Return the stored form: a header, then the three arrays as one zstd frame."""
        body = b"".join(
            [
                filtered(self.numbers, Filter.DELTA),
                filtered(self.steps, Filter.DELTA),
                filtered(self.values, Filter.SHUFFLE),
            ]
        )
        head = _HEAD.pack(_VERSION, self.seen, self.skipped, len(self.values))
        return head + zstandard.ZstdCompressor(level=_LEVEL).compress(body)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> "Series":
        """Return the series that `to_bytes` stored; raises `ValueError` for anything else."""
        view = memoryview(data)
        try:
            version, seen, skipped, count = _HEAD.unpack_from(view)
            size = 8 * count
            length = zstandard.get_frame_parameters(view[_HEAD.size :]).content_size
            if version != _VERSION or count > MAX_POINTS or length != 3 * size:
                raise ValueError("not a stored series of this version")
            body = zstandard.ZstdDecompressor().decompress(view[_HEAD.size :])
        except (struct.error, zstandard.ZstdError) as error:
            raise ValueError(f"not a stored series: {error}") from error
        numbers = unfiltered(body[:size], Filter.DELTA).view(np.int64)
        steps = unfiltered(body[size : 2 * size], Filter.DELTA).view(np.int64)
        values = unfiltered(body[2 * size :], Filter.SHUFFLE).view(np.float64)
        return cls(seen, skipped, numbers, steps, values)


def _kept(buckets: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the indices to keep: first minimum and first maximum of each bucket, first and last of all."""
    starts = np.flatnonzero(np.diff(buckets, prepend=-1))
    group = np.cumsum(np.diff(buckets, prepend=buckets[0]) != 0)
    keep = np.zeros(len(values), dtype=np.bool_)
    for extremes in (np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)):
        hits = np.flatnonzero(values == extremes[group])
        keep[hits[np.diff(group[hits], prepend=-1) != 0]] = True
    keep[[0, -1]] = True
    return np.flatnonzero(keep)
