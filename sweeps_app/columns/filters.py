"""Reversible rearrangements of 8-byte numbers that make them compress better."""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SAMPLE = 256
_WORD = np.dtype("<u8")


class Filter(IntEnum):
    """The number is what the stored format carries."""

    NONE = 0
    SHUFFLE = 1
    DELTA = 2  # differences, then as SHUFFLE


def filtered(values: NDArray[Any], used: Filter) -> bytes:
    """Return the bytes of int64 or float64 `values` after the filter."""
    words = np.ascontiguousarray(values).view(_WORD)
    if used is Filter.NONE:
        return words.tobytes()
    if used is Filter.DELTA:
        words = _differences(words)
    return words.view(np.uint8).reshape(-1, 8).T.tobytes()


def unfiltered(raw: bytes, used: Filter) -> NDArray[np.uint64]:
    """Return the words that `filtered` was given, to be viewed as int64 or float64."""
    if used is Filter.NONE:
        return np.frombuffer(raw, dtype=_WORD)
    planes = np.frombuffer(raw, dtype=np.uint8).reshape(8, -1)
    words = np.ascontiguousarray(planes.T).view(_WORD).reshape(-1)
    return np.cumsum(words, dtype=_WORD) if used is Filter.DELTA else words


def best_filter(values: NDArray[Any]) -> Filter:
    """Return the filter that leaves fewer significant bytes in the first numbers of `values`.

    Differences help counters and clocks, and harm noise, whose sign and exponent they scatter.
    """
    words = np.ascontiguousarray(values[:_SAMPLE]).view(_WORD)
    if len(words) < 2:
        return Filter.SHUFFLE
    plain, differences = _varying_bits(words), _varying_bits(_differences(words)[1:])
    return Filter.DELTA if differences < plain else Filter.SHUFFLE


def _differences(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    changes = words.copy()
    changes[1:] -= words[:-1]
    return changes


def _varying_bits(words: NDArray[np.uint64]) -> int:
    """Return how many of the 64 bits are not the same in all words."""
    varying = np.bitwise_or.reduce(words ^ words[0])
    return int(varying).bit_count()
