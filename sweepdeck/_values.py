"""From Python values to what JSON holds, without importing NumPy or PyTorch."""

import json
import re
from collections.abc import Mapping
from typing import Any

MAX_NAME = 255
_PLAIN = frozenset({int, float, bool, type(None)})
# What no database can hold as text.
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")

# Non-finite numbers become the bare tokens NaN, Infinity and -Infinity, which the server reads.
encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Unstorable(ValueError):
    """A value that JSON cannot hold."""


def plain(value: Any) -> Any:
    """Return `value` as int, float, bool, str, None, list or dict of these.

    Numbers and arrays of NumPy, PyTorch and the like are read by their `item()` or `tolist()`. Raises `Unstorable`.
    """
    if type(value) in _PLAIN:
        return value
    try:
        return _converted(value)
    except RecursionError:
        raise Unstorable("is nested too deeply, or holds itself") from None


def _converted(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {_name(key): _converted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_converted(item) for item in value]
    return _from_array(value)


def _text(value: str) -> str:
    if _BAD_TEXT.search(value):
        raise Unstorable("holds a NUL or a lone surrogate")
    return str(value)


def _name(key: Any) -> str:
    if isinstance(key, str):
        return _text(key)
    if isinstance(key, int | float):
        return str(key)
    raise Unstorable(f"has a key of type {type(key).__name__}")


def _from_array(value: Any) -> Any:
    reader = getattr(value, "tolist", None) or getattr(value, "item", None)
    if not callable(reader):
        raise Unstorable(f"is of type {type(value).__name__}")
    try:
        read = reader()
    except Exception as error:
        raise Unstorable(f"of type {type(value).__name__} cannot be read ({error})") from error
    # An object that gives itself back would never end.
    if type(read) is type(value):
        raise Unstorable(f"is of type {type(value).__name__}")
    return _converted(read)


def storable_items(data: Mapping[Any, Any], warn_about: Any) -> dict[str, Any]:
    """Return the items that JSON holds; `warn_about(key, reason)` is called for each of the others."""
    kept: dict[str, Any] = {}
    for key, value in data.items():
        try:
            kept[_checked_name(key)] = value if type(value) in _PLAIN else plain(value)
        except Unstorable as error:
            warn_about(key, str(error))
    return kept


def _checked_name(key: Any) -> str:
    if type(key) is not str and not isinstance(key, str):
        raise Unstorable("has a name that is not a string")
    if not 0 < len(key) <= MAX_NAME:
        raise Unstorable(f"needs a name of 1 to {MAX_NAME} characters")
    return _text(key) if not key.isascii() or "\0" in key else key
