"""JSON values that every database can hold."""

import math
import re
from typing import Any

from sweeps_app.errors import InvalidInput

MAX_DEPTH = 32
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def storable(value: Any, field: str, depth: int = 0) -> Any:
    """Return `value` with non-finite floats as the strings "NaN", "Infinity" and "-Infinity".

    Raises `InvalidInput`, naming `field` and the path below it, for text with NUL or lone surrogates, numbers
    beyond the range of a double, and nesting deeper than 32.
    """
    if depth > MAX_DEPTH:
        raise InvalidInput.of(field, f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        return _text(value, field)
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, int):
        return _integer(value, field)
    if isinstance(value, dict):
        return {_text(k, field): storable(v, f"{field}.{k}", depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [storable(v, f"{field}[{i}]", depth + 1) for i, v in enumerate(value)]
    return value


def number_or_none(value: Any) -> float | None:
    """Return a stored value as a finite float, or None where it is not one (booleans are not numbers)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def non_finite(text: str) -> float | None:
    """Return the float that "NaN", "Infinity" or "-Infinity" stands for, or None."""
    return _NON_FINITE.get(text)


def _text(text: str, field: str) -> str:
    if _UNSTORABLE.search(text):
        raise InvalidInput.of(
            field.encode("utf-8", "replace").decode().replace("\x00", "?"),
            "holds a character that cannot be stored (NUL or half of a surrogate pair): remove it",
        )
    return text


def _real(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _integer(value: int, field: str) -> int:
    if abs(value) > 10**308:
        raise InvalidInput.of(field, "is a number beyond the range of a double: send it as text")
    return value
