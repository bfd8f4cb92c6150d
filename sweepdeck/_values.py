"""From Python values to what JSON holds, without importing NumPy or PyTorch."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

MAX_NAME = 255
TEXT_CHARACTERS = 1_000
WarnAbout = Callable[[str, str], None]
Convert = Callable[[Any], Any]
# How NumPy, PyTorch, JAX, pandas, TensorFlow and the standard library give a plain value, the best first.
_READERS = ("tolist", "item", "__float__")
_PLAIN = frozenset({int, float, bool, type(None)})
# What no database can hold as text.
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")

# Non-finite numbers become the bare tokens NaN, Infinity and -Infinity, which the server reads.
encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Unstorable(ValueError):
    """A value that JSON cannot hold: `reason`, and `path` where it lies inside the value."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.reason, self.path = reason, path


def plain(value: Any) -> Any:
    """Return `value` as int, float, bool, str, None, list or dict of these.

    Numbers and arrays of NumPy, PyTorch and the like are read by their `tolist()`, `item()` or `__float__()`. Raises
    `Unstorable`.
    """
    if type(value) in _PLAIN:
        return value
    try:
        return _converted(value)
    except RecursionError:
        raise Unstorable("is nested too deeply, or holds itself") from None


def plain_or_text(value: Any) -> Any:
    """Return `value` as `plain` does, but what JSON cannot hold as the text that describes it."""
    try:
        return plain(value)
    except Unstorable:
        pass
    try:
        return _with_texts(value)
    except RecursionError:
        return _description(value)


def _with_texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {storable_text(str(key)): plain_or_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_or_text(item) for item in value]
    return _description(value)


def _description(value: Any) -> str:
    try:
        return storable_text(str(value))[:TEXT_CHARACTERS]
    except Exception:
        return f"<{type(value).__name__}>"


def storable_text(text: str) -> str:
    """Return `text` with what databases cannot hold replaced."""
    return _BAD_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


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
        return {_name(key): _item(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple | range):
        return [_converted(item) for item in value]
    return _from_array(value)


def _item(key: Any, value: Any) -> Any:
    try:
        return _converted(value)
    except Unstorable as error:
        raise Unstorable(error.reason, f"{key}.{error.path}" if error.path else str(key)) from None


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
    kind = type(value).__name__
    reader = next((found for name in _READERS if callable(found := getattr(value, name, None))), None)
    if reader is None or isinstance(value, type):
        raise Unstorable(f"is of type {kind}")
    try:
        read = reader()
    except Exception as error:
        raise Unstorable(f"of type {kind} cannot be read ({error})") from error
    # An object that gives itself back would never end.
    if type(read) is type(value):
        raise Unstorable(f"is of type {kind}")
    return _converted(read)


def storable_items(data: Mapping[Any, Any], warn_about: WarnAbout, convert: Convert = plain) -> dict[str, Any]:
    """Return the items that JSON holds; `warn_about(key, reason)` is called for each of the others."""
    kept: dict[str, Any] = {}
    for key, value in data.items():
        try:
            kept[_checked_name(key)] = value if type(value) in _PLAIN else convert(value)
        except Unstorable as error:
            warn_about(f"{key}.{error.path}" if error.path else str(key), error.reason)
    return kept


def is_name(key: Any) -> bool:
    """Tell whether a metric may have this name."""
    try:
        _checked_name(key)
    except Unstorable:
        return False
    return True


def _checked_name(key: Any) -> str:
    if type(key) is not str and not isinstance(key, str):
        raise Unstorable("has a name that is not a string")
    if not 0 < len(key) <= MAX_NAME:
        raise Unstorable(f"needs a name of 1 to {MAX_NAME} characters")
    return _text(key) if not key.isascii() or "\0" in key else key
