"""Pixels of arrays, tensors and nested lists, without importing any library that makes them."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

from sweepdeck._errors import UsageError
from sweepdeck._values import Unstorable, plain

_SHAPES = "an image is an array of height x width, or height x width x 1 to 4 channels"


class Pixels(NamedTuple):
    """One byte for each channel of each pixel, row by row."""

    width: int
    height: int
    channels: int
    data: bytes


def pixels_of(value: Any) -> Pixels:
    """Return the pixels of an array, a tensor (whose channels may come first) or nested lists.

    Bytes are taken as they are. Numbers from 0 to 1 with fractions are stretched to 0 to 255, others from 0 to 255 are
    rounded, and what goes beyond is stretched from its least to its largest value. Raises `UsageError`.
    """
    is_tensor = hasattr(value, "detach")
    array = _array_of(value)
    shape = tuple(int(length) for length in array.shape) if hasattr(array, "shape") else _shape_of_lists(array)
    if is_tensor and len(shape) == 3 and shape[0] in (1, 3, 4) and shape[2] not in (1, 3, 4):
        array, shape = array.transpose(1, 2, 0), (shape[1], shape[2], shape[0])
    if len(shape) not in (2, 3) or 0 in shape or (len(shape) == 3 and shape[2] > 4):
        raise UsageError(f"{_SHAPES}, not of shape {shape}")
    height, width = shape[:2]
    channels = shape[2] if len(shape) == 3 else 1
    data = _bytes_of_array(array) if hasattr(array, "astype") else _bytes_of_lists(array, len(shape))
    return Pixels(width, height, channels, data)


def _array_of(value: Any) -> Any:
    for step in ("detach", "cpu", "numpy"):
        method = getattr(value, step, None)
        value = method() if callable(method) else value
    if hasattr(value, "shape") and hasattr(value, "astype"):
        return value
    try:
        return plain(value)
    except Unstorable as error:
        raise UsageError(f"{_SHAPES}, a figure, a PIL image or a path; this {error.reason}") from None


def _bytes_of_array(array: Any) -> bytes:
    kind = str(array.dtype)
    if kind == "uint8":
        return bytes(array.tobytes())
    numbers = array.astype("float64")
    unknown = numbers != numbers
    if unknown.any():
        numbers[unknown] = 0.0
    low, factor = _stretch(float(numbers.min()), float(numbers.max()), is_whole="int" in kind)
    return bytes(((numbers - low) * factor).round().astype("uint8").tobytes())


def _bytes_of_lists(rows: Any, depth: int) -> bytes:
    flat = list(chain.from_iterable(rows))
    flat = list(chain.from_iterable(flat)) if depth == 3 else flat
    if not all(isinstance(number, int | float) for number in flat):
        raise UsageError(f"{_SHAPES}, all of the same length and of numbers")
    numbers = [0.0 if number != number else float(number) for number in flat]
    is_whole = all(type(number) is int for number in flat)
    low, factor = _stretch(min(numbers), max(numbers), is_whole=is_whole)
    return bytes(round((number - low) * factor) for number in numbers)


def _stretch(low: float, high: float, *, is_whole: bool) -> tuple[float, float]:
    """Return what to subtract and by what to multiply, so that the numbers are 0 to 255."""
    if low == float("-inf") or high == float("inf"):
        raise UsageError("an image holds no infinite numbers")
    if low >= 0 and high <= 1 and not is_whole:
        return 0.0, 255.0
    return (0.0, 1.0) if low >= 0 and high <= 255 else (low, 255 / ((high - low) or 1.0))


def _shape_of_lists(value: Any) -> tuple[int, ...]:
    shape: list[int] = []
    level = [value]
    while level and all(isinstance(item, Sequence) for item in level):
        lengths = {len(item) for item in level}
        if len(lengths) > 1:
            raise UsageError(f"{_SHAPES}, all of the same length")
        shape.append(lengths.pop())
        level = [below for item in level for below in item] if len(shape) < 4 else []
    return tuple(shape)
