"""The heads of a table's columns: how each is sorted, where it stands, what a click on it does."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from dashboard.run_table.view import TableView
from sweeps_app.query.columns import FIGURES, VALUES, Column


class Head(NamedTuple):
    """A column's head.

    `order` is what `aria-sort` says, `place` the number of its key where there are several; `url` sorts by it alone, or
    the other way where it is sorted already, `also_url` adds it to the keys. `begins` says that its neighbour on the
    left is of another origin.
    """

    column: Column
    is_number: bool
    order: str
    place: int
    url: str
    also_url: str
    is_pinned: bool
    begins: bool
    width: int | None


class Over(NamedTuple):
    """Neighbouring columns of one origin; `note` says how many of it are shown when not all are."""

    label: str
    span: int
    note: str
    is_pinned: bool


def heads_of(
    view: TableView, columns: Sequence[Column], *, pinned: int, numbers: Sequence[bool], metric: str
) -> list[Head]:
    """Return the heads of `columns`, of which the first `pinned` stay in view; `metric` is sorted by as objective."""
    keys = view.sort_keys
    heads = []
    for i, column in enumerate(columns):
        key = "objective" if metric and column == Column("summary", metric) else column.key
        place = next((n for n, k in enumerate(keys) if k.removeprefix("-") in (key, column.key)), None)
        order = "none" if place is None else "descending" if keys[place].startswith("-") else "ascending"
        heads.append(
            Head(
                column=column,
                is_number=numbers[i],
                order=order,
                place=place + 1 if place is not None and len(keys) > 1 else 0,
                url=view.url_sorted(key),
                also_url=view.url_sorted(key, also=True),
                is_pinned=i < pinned,
                begins=i > 0 and origin(columns[i - 1]) != origin(column),
                width=view.widths.get(column.key),
            )
        )
    return heads


def overs_of(heads: Sequence[Head], notes: dict[str, str]) -> list[Over]:
    """Return what stands over the heads; `notes` are by origin."""
    found = groupby(heads, key=lambda head: (origin(head.column), head.is_pinned))
    return [Over(label, len(list(group)), notes.get(label, ""), pinned) for (label, pinned), group in found]


def origin(column: Column) -> str:
    """Return what stands over a column: where its values come from."""
    return VALUES.get(column.source, "Metric" if column.source in FIGURES else "")
