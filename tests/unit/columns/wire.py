"""Writes batches of columns by the plainest code there is: what a client in any language would do."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any


def written(
    offset: int, rows: Sequence[Mapping[str, Any]], summary: Mapping[str, Any] | None = None, **header: Any
) -> bytes:
    """Return rows of flat names and numbers, each with its `_step`, as one batch; `header` replaces its fields."""
    names = dict.fromkeys(name for row in rows for name in row if name != "_step")
    columns, sections = [], [struct.pack(f"<{len(rows)}q", *(row["_step"] for row in rows))]
    for name in names:
        values = [row[name] for row in rows if name in row]
        kind = _kind(values)
        columns.append([name, kind, len(values)])
        if len(values) < len(rows):
            sections.append(bytes(name in row for row in rows))
        sections.append(struct.pack(f"<{len(values)}{'q' if kind == 'i' else 'd'}", *values))
        if kind == "n":
            sections.append(bytes(type(value) is int for value in values))
    told = {"offset": offset, "rows": len(rows), "columns": columns} | ({"summary": summary} if summary else {})
    return framed(told | header, *sections)


def framed(header: Any, *sections: bytes) -> bytes:
    """Return a batch of a header and sections, whether they make sense or not."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return b"".join([b"SWB1", struct.pack("<I", len(text)), text, *sections])


def _kind(values: list[Any]) -> str:
    types = set(map(type, values))
    return "f" if types == {float} else "i" if types == {int} else "n"
