"""JSON as the client writes it."""

import json
from typing import Any

from sweeps_app.errors import InvalidInput


def read_json(text: str | None, field: str) -> Any:
    """Return the value of a JSON text, None where there is none; NaN and Infinity are numbers in it.

    Raises `InvalidInput`, naming the field.
    """
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput.of(field, f"is not JSON: {error}") from None


def read_object(text: str | None, field: str) -> dict[str, Any]:
    """Return the object of a JSON text, an empty one where there is none; raises `InvalidInput`."""
    value = read_json(text, field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput.of(field, "must be a JSON object")
    return value


def write_json(value: Any) -> str:
    """Return a value as JSON text."""
    return json.dumps(value, separators=(",", ":"))
