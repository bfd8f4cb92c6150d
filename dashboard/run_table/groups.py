"""The table of runs in groups: one row a group, with figures of its columns, and the runs of those that are open."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from dashboard.formatting import NOTHING, duration, number
from dashboard.run_table.cells import ABSENT, Cell, cell, value_cell
from dashboard.run_table.heads import Head, heads_of
from dashboard.run_table.view import TableView
from sweeps_app.models import Run
from sweeps_app.query.columns import Column, Kind
from sweeps_app.selectors.group_figures import Figures
from sweeps_app.selectors.run_groups import COUNT, Lasted, Other, RunGroup, Tags, is_number, run_groups
from sweeps_app.selectors.run_scope import RunScope
from sweeps_app.selectors.run_values import run_values
from sweeps_app.selectors.runs import RunQuery, run_page

MAX_COLUMNS = 24
MAX_OPEN = 10
RUNS_OF_OPEN = 20


class GroupCell(NamedTuple):
    """Mean, deviation and range of a column, as texts; `missing` says how many runs of the group have no number."""

    mean: str
    deviation: str
    span: str
    missing: str


class MemberRow(NamedTuple):
    """A run of an open group."""

    run: Run
    cells: list[Cell]


@dataclass(frozen=True)
class GroupRow:
    """A group; `toggle_url` opens or closes it, `alone_url` shows its runs alone, "" where no query finds them."""

    id: str
    keys: list[Cell]
    count: int
    cells: list[GroupCell]
    is_open: bool
    toggle_url: str
    alone_url: str
    members: list[MemberRow]


@dataclass(frozen=True)
class GroupTable:
    """Groups `first` to `last` of `count`, on page number `page` of `pages`."""

    key_heads: list[Head]
    count_url: str
    count_order: str
    heads: list[Head]
    rows: list[GroupRow]
    count: int
    page: int
    pages: int
    first: int
    last: int
    ungroup_url: str

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.key_heads) + 1 + len(self.heads)


def group_table(
    view: TableView, scope: RunScope, query: RunQuery, keys: Sequence[Column], columns: Sequence[Column], metric: str
) -> GroupTable:
    """Return the groups of the runs that `query` finds; raises `InvalidInput` as `run_groups` does."""
    shown = [column for column in columns if is_number(column) and column not in keys][:MAX_COLUMNS]
    # The metric of a sweep is sorted by as the objective.
    sort = query.sort.replace("objective", f"summary.{metric}") if metric else query.sort
    groups = run_groups(scope, replace(query, sort=sort), keys, shown)
    kept = [i for i in range(len(shown)) if any(group.figures[i] for group in groups)]
    shown = [shown[i] for i in kept]
    groups = [replace(group, figures=[group.figures[i] for i in kept]) for group in groups]
    size = query.page_size
    pages = max(-(-len(groups) // size), 1)
    page = min(max(query.page, 1), pages)
    start = (page - 1) * size
    opened = view.keys("open")[:MAX_OPEN]
    rows = [_row(view, scope, query, keys, shown, group, opened) for group in groups[start : start + size]]
    order = next((key for key in view.sort_keys if key.removeprefix("-") == COUNT), "")
    return GroupTable(
        key_heads=heads_of(view, keys, pinned=0, numbers=[False] * len(keys), metric=""),
        count_url=view.url_sorted(COUNT) if order else view.url(sort=f"-{COUNT}"),
        count_order="descending" if order.startswith("-") else "ascending" if order else "none",
        heads=heads_of(view, shown, pinned=0, numbers=[True] * len(shown), metric=metric),
        rows=rows,
        count=len(groups),
        page=page,
        pages=pages,
        first=min(start + 1, len(groups)),
        last=start + len(rows),
        ungroup_url=view.url(group=None, sort=_without_count(view)),
    )


def without_count(sort: str) -> str:
    """Return sort keys as runs by themselves can have them."""
    return ",".join(key for key in sort.split(",") if key.strip().removeprefix("-") != COUNT)


def _without_count(view: TableView) -> str | None:
    return without_count(view.get("sort")) or None


def _row(
    view: TableView,
    scope: RunScope,
    query: RunQuery,
    keys: Sequence[Column],
    columns: Sequence[Column],
    group: RunGroup,
    opened: list[str],
) -> GroupRow:
    group_id = hashlib.sha256(json.dumps([str(value) for value in group.values]).encode()).hexdigest()[:10]
    test, is_open = group.query(keys), group_id in opened
    others = [known for known in opened if known != group_id]
    alone = "" if test is None else f"({query.query}) and {test}" if query.query.strip() else test
    wanted = replace(query, query=alone, sort=without_count(query.sort), page=1, page_size=RUNS_OF_OPEN)
    return GroupRow(
        id=group_id,
        keys=[_key_cell(key, value) for key, value in zip(keys, group.values, strict=True)],
        count=group.count,
        cells=[
            _group_cell(column, figures, group.count) for column, figures in zip(columns, group.figures, strict=True)
        ],
        is_open=is_open,
        toggle_url=view.url(page=query.page, open=",".join(others if is_open else [*others, group_id]) or None),
        alone_url=view.url(query=alone, text=None, group=None, sort=_without_count(view)) if alone else "",
        members=_members(scope, wanted, columns) if is_open and alone else [],
    )


def _members(scope: RunScope, query: RunQuery, columns: Sequence[Column]) -> list[MemberRow]:
    runs = run_page(scope, query).runs
    values = run_values(runs, columns, scope)
    return [
        MemberRow(run, [cell(column, value) for column, value in zip(columns, row, strict=True)])
        for run, row in zip(runs, values, strict=True)
    ]


def _key_cell(key: Column, value: object) -> Cell:
    if value is None:
        return ABSENT
    if isinstance(value, Other | Tags | Lasted):
        return Cell("value", value.text)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return cell(key, value) if key.source == "field" and key.name == "state" else value_cell(value)


def _group_cell(column: Column, figures: Figures | None, runs: int) -> GroupCell:
    if figures is None:
        return GroupCell(NOTHING, "", "", "")
    shown = duration if column.kind is Kind.DURATION else number
    deviation = "" if figures.deviation != figures.deviation else shown(figures.deviation)
    span = f"{shown(figures.minimum)} to {shown(figures.maximum)}" if figures.minimum < figures.maximum else ""
    missing = "" if figures.count == runs else f"{figures.count:,} of {runs:,} runs have a number"
    return GroupCell(shown(figures.mean), deviation, span, missing)
