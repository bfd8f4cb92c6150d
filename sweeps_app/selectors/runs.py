"""Runs as tables show them: filtered, sorted and cut to a page by the database."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Count, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run
from sweeps_app.query.binding import read_query
from sweeps_app.query.conditions import Condition, Search
from sweeps_app.query.errors import QueryError
from sweeps_app.query.selection import NOTHING_SELECTED, Selection
from sweeps_app.selectors.access import SHOWN_WITH_RUN
from sweeps_app.selectors.kept import Kept
from sweeps_app.selectors.run_expressions import order_of
from sweeps_app.selectors.run_filter import condition_q
from sweeps_app.selectors.run_scope import RunScope
from sweeps_app.selectors.run_selected import selection_q

MAX_PAGE_SIZE = 500
# The primary keys of runs by what was asked, in their order.
_ORDERS: Kept[NDArray[np.int64]] = Kept(16_000_000, lambda pks: pks.nbytes + 1_000)
# Columns that change while no run does: with the time, or with who is called what.
_MOVING = ("runtime", "user")


@dataclass(frozen=True)
class RunQuery:
    """What a table asks for.

    `query` is a text in the query language (docs/runs-table.md), `sort` holds keys of columns such as `-created_at`,
    `config.lr` or `-summary.loss`, comma-separated. `text` is a part of the name, id or host. `selection` is what is
    selected in the charts.
    """

    query: str = ""
    sort: str = ""
    text: str = ""
    state: str = ""
    page: int = 1
    page_size: int = 50
    selection: Selection = NOTHING_SELECTED

    @property
    def is_filter(self) -> bool:
        """Whether some runs may not pass."""
        return bool(self.query.strip() or self.state or self.text or self.selection)


@dataclass(frozen=True)
class RunPage:
    """One page of runs, with `count` after and `total` before the filter; `page` is within 1 to `pages`."""

    runs: list[Run]
    count: int
    total: int
    page: int
    pages: int
    page_size: int


@dataclass(frozen=True)
class ReadQuery:
    """A text in the query language as it was understood: a condition, or what is wrong; `hints` may be slips."""

    condition: Condition | None = None
    problem: QueryError | None = None
    hints: Sequence[QueryError] = field(default=())


def query_read(scope: RunScope, text: str) -> ReadQuery:
    """Return what a text in the query language asks for, or what is wrong with it."""
    if not text.strip():
        return ReadQuery()
    try:
        bound = read_query(text.replace("\x00", " "), scope.catalogue, timezone.now().timestamp())
    except QueryError as error:
        return ReadQuery(problem=error)
    return ReadQuery(bound.condition, hints=bound.hints)


def runs_found(scope: RunScope, query: RunQuery) -> QuerySet[Run]:
    """Return the runs that pass the filter, in no order.

    Raises `InvalidInput` for a state that does not exist, and for a query that makes no sense, with the place in it.
    """
    return _found(scope, query, _condition(scope, query))


def run_page(
    scope: RunScope, query: RunQuery, related: Sequence[str] = SHOWN_WITH_RUN, fields: Sequence[str] = ()
) -> RunPage:
    """Return the page that `query` asks for, of runs as `runs_by_pk` reads them; a page beyond the last is the last.

    Raises `InvalidInput` for a sort key, a state or a query that makes no sense.
    """
    order, condition = order_of(query.sort, scope), _condition(scope, query)
    size = min(max(query.page_size, 1), MAX_PAGE_SIZE)
    found = _found(scope, query, condition)
    pks: QuerySet[Run, int] | NDArray[np.int64] = found.order_by(*order).values_list("pk", flat=True)
    if _may_keep(scope, query):
        pks = _kept_pks(scope, query, condition, found.order_by(*order))
        count = len(pks)
    else:
        count = found.count() if query.is_filter else scope.total
    pages = max(math.ceil(count / size), 1)
    page = min(max(query.page, 1), pages)
    shown = [int(pk) for pk in pks[(page - 1) * size : page * size]]
    runs = runs_by_pk(shown, related, fields)
    return RunPage(runs=runs, count=count, total=scope.total, page=page, pages=pages, page_size=size)


def _condition(scope: RunScope, query: RunQuery) -> Condition | None:
    read = query_read(scope, query.query)
    if read.problem is not None:
        raise InvalidInput.of("query", str(read.problem))
    return read.condition


def _found(scope: RunScope, query: RunQuery, condition: Condition | None) -> QuerySet[Run]:
    runs = scope.runs
    if query.state:
        if query.state not in Run.State.values:
            raise InvalidInput.of("state", f"'{query.state}' is not one of {', '.join(Run.State.values)}")
        runs = runs.filter(state=query.state)
    if query.selection:
        runs = runs.filter(selection_q(query.selection, scope))
    text = query.text.replace("\x00", "")
    if text:
        runs = runs.filter(condition_q(Search(text), scope))
    return runs if condition is None else runs.filter(condition_q(condition, scope))


def _may_keep(scope: RunScope, query: RunQuery) -> bool:
    """Tell whether all runs in their order are worth keeping: the first of all is found faster without the others."""
    asked = f"{query.query} {query.sort} {query.selection}"
    is_known = bool(scope.version) and not any(word in asked for word in _MOVING)
    return is_known and (query.is_filter or query.page > 1)


def _kept_pks(
    scope: RunScope, query: RunQuery, condition: Condition | None, ordered: QuerySet[Run]
) -> NDArray[np.int64]:
    # The text of a condition, since 1 and true are equal as keys, and are not to be.
    key = (scope.version, repr(condition), query.text, query.state, str(query.selection), query.sort)
    return _ORDERS.get(key, lambda: np.array(list(ordered.values_list("pk", flat=True)), dtype=np.int64))


def no_page(scope: RunScope, query: RunQuery) -> RunPage:
    """Return what is shown for a query that cannot be read: no run, of as many as there are."""
    return RunPage(runs=[], count=0, total=scope.total, page=1, pages=1, page_size=query.page_size)


def runs_by_pk(pks: Sequence[int], related: Sequence[str] = SHOWN_WITH_RUN, fields: Sequence[str] = ()) -> list[Run]:
    """Return runs with what is `related`, in the order of their primary keys' list; whatever is gone is left out.

    Where `fields` are named, nothing else is read of a run and of what is related to it. Sorting keys alone and
    fetching rows afterwards keeps the database from carrying whole rows through its sort.
    """
    asked = Run.objects.filter(pk__in=pks).order_by()
    asked = asked.select_related(*related) if related else asked
    found = (asked.only(*fields) if fields else asked).in_bulk()
    return [found[pk] for pk in pks if pk in found]


def runs_sorted(scope: RunScope, query: RunQuery) -> QuerySet[Run]:
    """Return the runs that pass the filter, in their order; raises `InvalidInput` as `run_page` does."""
    return runs_found(scope, query).order_by(*order_of(query.sort, scope))


def state_counts(runs: QuerySet[Run]) -> dict[str, int]:
    """Return how many of `runs` are in each state that occurs."""
    return dict(runs.order_by().values_list("state").annotate(n=Count("pk")))
