"""The table of runs: a page of them in the columns of a view."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.http import HttpRequest

from dashboard.run_table.actions import ACTIONS, BulkAction
from dashboard.run_table.cells import ABSENT, Cell, cell_maker
from dashboard.run_table.columns import default_columns
from dashboard.run_table.groups import GroupTable, group_table, without_count
from dashboard.run_table.heads import Head, Over, heads_of, overs_of
from dashboard.run_table.view import PAGE_SIZES, TableView, read_view
from dashboard.run_table.view_links import ViewLink, view_links
from dashboard.views.page import address, whole_number
from sweeps_app.models import Project, Run, Sweep
from sweeps_app.query.columns import VALUES, Column, join_keys
from sweeps_app.query.errors import QueryError
from sweeps_app.selectors.run_expressions import columns_named
from sweeps_app.selectors.run_scope import RunScope, project_scope, sweep_scope
from sweeps_app.selectors.run_values import fields_of, related_to, run_values
from sweeps_app.selectors.runs import RunPage, no_page, query_read, run_page
from sweeps_app.selectors.versions import PageVersion
from sweeps_app.selectors.views import saved_views

_NO_NUMBER = ABSENT._replace(is_number=True)
# `pinned=none`: without the parameter the name stays in view.
NOTHING_PINNED = "none"
# What a row shows beside its columns, and what tells which columns there are where the view does not say.
_READ = ("run_id", "name", "state", "attempt", "queued_at", "is_hidden", "started_at", "finished_at", "created_at")
_SWEEP = Column("field", "sweep")


class Row(NamedTuple):
    """A run with its cells, in the order of the heads."""

    run: Run
    url: str
    sweep_url: str
    cells: list[tuple[Head, Cell]]


class RunTable(NamedTuple):
    """Everything that the table's template shows; `problem` is what is wrong with the query, `hints` what may be.

    With `groups` these are shown instead of the rows.
    """

    groups: GroupTable | None
    url: str
    rest_url: str
    compare_url: str
    view: TableView
    page: RunPage
    state: str
    heads: list[Head]
    overs: list[Over]
    rows: list[Row]
    states: list[tuple[str, str]]
    sizes: tuple[int, ...]
    first: int
    last: int
    pages: dict[str, str]
    url_all: str
    view_url: str
    views: Sequence[ViewLink]
    view_name: str
    shown_json: str
    actions: Sequence[BulkAction]
    file_query: str
    kept: list[tuple[str, str]]
    problem: QueryError | None
    hints: Sequence[QueryError]


def sweep_table(request: HttpRequest, sweep: Sweep, version: PageVersion) -> RunTable:
    """Return the table of a sweep's runs; raises `InvalidInput` for a column or a state that does not exist."""
    place = (sweep.project.entity.name, sweep.project.name)
    url, rest_url = address(*place, "sweeps", sweep.sweep_id), address("api", "v1", "sweeps", sweep.sweep_id)
    scope = sweep_scope(sweep, version)
    return _table(request, _Place(url, rest_url, address(*place, "compare"), scope, sweep.project, sweep))


def project_table(request: HttpRequest, project: Project) -> RunTable:
    """Return the table of a project's runs, of a project that was just read; raises as `sweep_table` does."""
    place = (project.entity.name, project.name)
    rest_url = address("api", "v1", "projects", *place)
    scope = project_scope(project, is_fresh=True)
    return _table(request, _Place(address(*place), rest_url, address(*place, "compare"), scope, project, None))


class _Place(NamedTuple):
    url: str
    rest_url: str
    compare_url: str
    scope: RunScope
    project: Project
    sweep: Sweep | None


def _table(request: HttpRequest, place: _Place) -> RunTable:
    saved, scope = list(saved_views(place.project, place.sweep)), place.scope
    view = read_view(request.GET, next((found.settings for found in saved if found.is_default), None))
    read = query_read(scope, view.query_line)
    query = view.run_query(whole_number(request, "page", 1))
    keys = columns_named(view.get("group"), scope, "group")
    plain = replace(query, sort=without_count(query.sort)) if keys else query
    chosen = columns_named(view.get("columns"), scope, "columns")
    page = no_page(scope, query) if read.problem else run_page(scope, plain, *_read(place, chosen))
    shown = default_columns(scope, place.sweep, page.runs)
    columns, pinned = _arranged(chosen or shown.columns, _pinned(view, scope))
    values = run_values(page.runs, columns, scope)
    makers = [cell_maker(column) for column in columns]
    cells = [[make(value) for make, value in zip(makers, row, strict=True)] for row in values]
    numbers = [any(row[i].is_number for row in cells) for i in range(len(columns))]
    metric = place.sweep.metric_name if place.sweep else ""
    heads = heads_of(view, columns, pinned=pinned, numbers=numbers, metric=metric)
    first = (page.page - 1) * page.page_size
    groups = group_table(view, scope, query, keys, columns, metric) if keys and page.runs else None
    views = view_links(view, saved)
    return RunTable(
        groups=groups,
        url=place.url,
        rest_url=place.rest_url,
        compare_url=place.compare_url,
        view=view,
        page=page,
        state=view.get("state"),
        heads=heads,
        overs=overs_of(heads, {} if chosen else shown.notes),
        rows=_rows(place, page.runs, heads, cells),
        states=list(Run.State.choices),
        sizes=PAGE_SIZES,
        first=min(first + 1, page.count),
        last=first + len(page.runs),
        pages=_pages(view, *(groups.page, groups.pages) if groups else (page.page, page.pages)),
        url_all=view.url(text=None, query=None, state=None, sel=None),
        view_url=view.url(),
        views=views,
        view_name=next((link.name for link in views if link.is_shown), ""),
        shown_json=_shown_json(view, columns, pinned),
        actions=list(ACTIONS.values()),
        file_query=_file_query(view, columns),
        kept=view.kept("query", "text", "state", "size"),
        problem=read.problem,
        hints=read.hints,
    )


def _read(place: _Place, chosen: Sequence[Column]) -> tuple[list[str], list[str]]:
    """Return what is read with each run, and which fields of all that."""
    columns = [*chosen, *(() if place.sweep else (_SWEEP,))]
    return related_to(columns), [*_READ, *VALUES, *fields_of(columns)]


def _pages(view: TableView, page: int, pages: int) -> dict[str, str]:
    """Return the addresses of other pages by their part in the pager."""
    numbers = {"first": 1, "previous": page - 1, "next": page + 1, "last": pages}
    return {name: view.url(page=number) for name, number in numbers.items()}


def _file_query(view: TableView, columns: Sequence[Column]) -> str:
    """Return what asks the API for a file of what is shown."""
    asked = {"query": view.query_line, "state": view.get("state"), "sort": without_count(view.get("sort"))}
    asked["sel"] = view.get("sel")
    asked["columns"] = join_keys([column.key for column in columns])
    return "?" + urlencode({name: value for name, value in asked.items() if value}, safe="/,:")


def _shown_json(view: TableView, columns: Sequence[Column], pinned: int) -> str:
    """Return what the dialog of the columns begins with."""
    keys = [column.key for column in columns]
    return json.dumps({"keys": keys, "pinned": keys[:pinned], "groups": view.keys("group")})


def _pinned(view: TableView, scope: RunScope) -> list[Column]:
    text = view.get("pinned")
    if text == NOTHING_PINNED:
        return []
    return columns_named(text, scope, "pinned") or [Column("field", "name")]


def _arranged(columns: list[Column], pinned: list[Column]) -> tuple[list[Column], int]:
    """Return the columns with those first that are pinned, and how many these are."""
    first = [column for column in pinned if column in columns]
    return [*first, *(column for column in columns if column not in first)], len(first)


def _rows(place: _Place, runs: Sequence[Run], heads: list[Head], cells: list[list[Cell]]) -> list[Row]:
    at = (place.project.entity.name, place.project.name)
    runs_url, sweeps_url = address(*at, "runs", ""), address(*at, "sweeps", "")
    return [
        Row(run, runs_url + quote(run.run_id, safe=""), _sweep_url(place, sweeps_url, run), _aligned(heads, row))
        for run, row in zip(runs, cells, strict=True)
    ]


def _sweep_url(place: _Place, sweeps_url: str, run: Run) -> str:
    if place.sweep:
        return place.url
    return sweeps_url + quote(run.sweep.sweep_id, safe="") if run.sweep else ""


def _aligned(heads: list[Head], cells: list[Cell]) -> list[tuple[Head, Any]]:
    """Return the cells of a row, a dash like the numbers that it stands among."""
    return [
        (head, _NO_NUMBER if head.is_number and cell.kind == "absent" else cell)
        for head, cell in zip(heads, cells, strict=True)
    ]
