"""Read a batch of columns as docs/api.md describes it, by no code of SDK or server."""

import json
import struct
from typing import Any

MEDIA_TYPE = "application/vnd.sweepdeck.columns"


def read_columns(body: bytes) -> dict[str, Any]:
    """Return the batch as the JSON body with the same meaning; `is_columns` tells that it was none."""
    assert body[:4] == b"SWB1"
    (length,) = struct.unpack_from("<I", body, 4)
    header = json.loads(body[8 : 8 + length])
    place = 8 + length

    def take(code: str, count: int) -> tuple[Any, ...]:
        nonlocal place
        found = struct.unpack_from(f"<{count}{code}", body, place)
        place += struct.calcsize(f"<{count}{code}")
        return found

    count = header["rows"]
    rows: list[dict[str, Any]] = [{} for _ in range(count)]
    steps = take("q", count)
    for name, kind, given in header.pop("columns"):
        present = take("B", count) if given < count else (1,) * count
        assert sum(present) == given
        values: Any = take("q" if kind == "i" else "d", given)
        if kind == "n":
            values = [int(value) if mark else value for value, mark in zip(values, take("B", given), strict=True)]
        for row, value in zip((row for row, mark in zip(rows, present, strict=True) if mark), values, strict=True):
            row[name] = value
    assert place == len(body)
    for row, step in zip(rows, steps, strict=True):
        row["_step"] = step
    return header | {"rows": rows, "is_columns": True}
