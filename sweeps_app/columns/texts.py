"""Rows as text: comma-separated values, and a JSON object a line.

In CSV the first line has the names, `_step` first. Numbers are written so that they read back to the same bits, and
stand without quotes, as do NaN, Infinity, `true`, `false` and `null`; text is always in quotes, and so is the JSON of
lists. A row without the metric has nothing between the commas. Lines end in "\\n".
"""

import json
from collections.abc import Sequence
from typing import Any

from sweeps_app.columns.rows import STEP, texted, to_rows
from sweeps_app.columns.table import Column, Columns, Kind

_SPECIAL = frozenset(',"\r\n')
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def csv_head(names: Sequence[str]) -> str:
    """Return the first line, which names the columns."""
    return ",".join(_quoted(name) if _SPECIAL & set(name) else name for name in (STEP, *names)) + "\n"


def csv_lines(columns: Columns, names: Sequence[str]) -> str:
    """Return one line a row, with the columns `names` in this order."""
    table = [list(map(str, columns.steps.tolist()))]
    table += [_cells(columns.metrics.get(name), len(columns)) for name in names]
    return "".join(",".join(cells) + "\n" for cells in zip(*table, strict=True))


def json_lines(columns: Columns) -> str:
    """Return one JSON object a row; numbers that are not finite are the strings "NaN", "Infinity" and "-Infinity"."""
    return "".join(_encode(row) + "\n" for row in to_rows(columns, text_non_finite=True))


def _cells(column: Column | None, rows: int) -> list[str]:
    if column is None:
        return [""] * rows
    texts = list(map(str if column.kind is Kind.INTEGER else _cell, column.tolist()))
    if len(texts) == rows:
        return texts
    cells = [""] * rows
    for row, text in zip(column.rows.tolist(), texts, strict=True):
        cells[row] = text
    return cells


def _cell(value: Any) -> str:
    if type(value) is str:
        return _quoted(value)
    return _quoted(_encode(texted(value))) if type(value) in (list, dict) else _encode(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
