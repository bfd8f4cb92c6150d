"""Configs and summaries as lists of names and values that can be searched."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from dashboard.formatting import exact_text, value_text
from sweeps_app.services.summary import flattened

MAX_ROWS = 300
MAX_TEXT = 400


class TreeRow(NamedTuple):
    """A dotted name, split into where it stands and its last part, with its value short and exact."""

    place: str
    name: str
    text: str
    exact: str


class Tree(NamedTuple):
    """The rows that match a search, of `total`; `found` match, which may be more than are shown."""

    rows: list[TreeRow]
    found: int
    total: int


def config_rows(values: Mapping[str, Any], find: str = "", limit: int = MAX_ROWS) -> Tree:
    """Return the entries of a nested mapping whose dotted name or value holds `find`, by name, at most `limit`."""
    flat = flattened(values)
    wanted = find.casefold()
    names = sorted(name for name in flat if not wanted or wanted in f"{name} {exact_text(flat[name])}".casefold())
    return Tree([_row(name, flat[name]) for name in names[:limit]], len(names), len(flat))


def _row(name: str, value: Any) -> TreeRow:
    place, dot, last = name.rpartition(".")
    text, exact = value_text(value, MAX_TEXT), exact_text(value)
    return TreeRow(f"{place}{dot}", last, text, exact if exact != text else "")
