"""Rows of history: the client nests what has a type of its own, such as an image; we store all under dotted names."""

from collections.abc import Mapping
from typing import Any

_KIND = "._type"


def write_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored row in the client's form."""
    typed = [name.removesuffix(_KIND) for name in row if name.endswith(_KIND)]
    written: dict[str, Any] = {}
    for name, value in row.items():
        head = next((head for head in typed if name.startswith(f"{head}.")), None)
        if head is None:
            written[name] = value
        else:
            written.setdefault(head, {})[name[len(head) + 1 :]] = value
    return written
