"""The bar above the charts: how many runs are selected, by which clauses, and what to do with that."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from dashboard.run_table.table import RunTable
from dashboard.selection.reading import PARAMETER, selection_of
from dashboard.selection.words import clause_words
from dashboard.views.page import address
from sweeps_app.models import Sweep
from sweeps_app.selectors.run_scope import sweep_scope
from sweeps_app.selectors.runs import RunQuery, runs_found


@dataclass(frozen=True)
class Chip:
    """A clause in words, and the address without it."""

    text: str
    url: str


@dataclass(frozen=True)
class SelectionBar:
    """`count` of `total` runs are selected, those included that charts leave out; `text` is the address's own."""

    text: str
    count: int
    total: int
    chips: Sequence[Chip]
    clear_url: str
    new_sweep_url: str


def selection_bar(sweep: Sweep, table: RunTable) -> SelectionBar:
    """Return the bar of a sweep's page, whose table shows what is selected, and maybe less by its own filter."""
    view, total = table.view, table.page.total
    selection = selection_of(view.parameters)
    is_filtered = bool(view.query_line or view.get("state"))
    if not selection:
        count = total
    elif is_filtered:
        count = runs_found(sweep_scope(sweep), RunQuery(selection=selection)).count()
    else:
        count = table.page.count
    project = sweep.project
    new = address(project.entity.name, project.name, "sweeps", "new")
    return SelectionBar(
        text=view.get(PARAMETER),
        count=count,
        total=total,
        chips=[
            Chip(clause_words(clause, sweep), view.url(sel=str(selection.without(i)) or None))
            for i, clause in enumerate(selection.clauses)
        ],
        clear_url=view.url(sel=None),
        new_sweep_url=f"{new}?{urlencode({'from': sweep.sweep_id, 'sel': str(selection)})}" if selection else "",
    )
