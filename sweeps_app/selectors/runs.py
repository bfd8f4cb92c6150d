"""Runs as tables show them: filtered, sorted and cut to a page by the database."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import CombinedExpression, OrderBy
from django.db.models.functions import Coalesce, Now

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, Run, Sweep
from sweeps_app.selectors.json_order import JsonNumber, JsonText

MAX_PAGE_SIZE = 500
_FIELDS = {
    "state": "state",
    "name": "name",
    "created_at": "created_at",
    "started_at": "started_at",
    "finished_at": "finished_at",
    "host": "host",
    "rows": "history_rows",
    "objective": "objective",
}

Path = tuple[str, ...]
_Sortable = F | JsonNumber | JsonText | ExpressionWrapper[CombinedExpression]


@dataclass(frozen=True)
class RunQuery:
    """What a table asks for.

    `sort` holds keys such as `-created_at`, `config.lr` or `-summary.loss`, comma-separated. `paths` maps the dotted
    name of a parameter to its path, for names that hold dots themselves.
    """

    sort: str = ""
    text: str = ""
    state: str = ""
    page: int = 1
    page_size: int = 50
    paths: Mapping[str, Path] | None = None


@dataclass(frozen=True)
class RunPage:
    """One page of runs, with `count` after and `total` before the filter; `page` is within 1 to `pages`."""

    runs: list[Run]
    count: int
    total: int
    page: int
    pages: int
    page_size: int


def sweep_runs(sweep: Sweep) -> QuerySet[Run]:
    """Return the runs of a sweep."""
    return Run.objects.filter(sweep=sweep)


def project_runs(project: Project) -> QuerySet[Run]:
    """Return the runs of a project, those of its sweeps included."""
    return Run.objects.filter(project=project)


def run_page(runs: QuerySet[Run], query: RunQuery) -> RunPage:
    """Return the page that `query` asks for; a page beyond the last is the last.

    Raises `InvalidInput` for a sort key or a state that does not exist.
    """
    size = min(max(query.page_size, 1), MAX_PAGE_SIZE)
    total = runs.count()
    found = _filtered(runs, query)
    count = found.count() if query.text or query.state else total
    pages = max(math.ceil(count / size), 1)
    page = min(max(query.page, 1), pages)
    ordered = found.order_by(*_order(query)).select_related(
        "project__entity", "sweep", "agent", "suggestion", "created_by"
    )
    rows = list(ordered[(page - 1) * size : page * size])
    return RunPage(runs=rows, count=count, total=total, page=page, pages=pages, page_size=size)


def state_counts(runs: QuerySet[Run]) -> dict[str, int]:
    """Return how many of `runs` are in each state that occurs."""
    return dict(runs.order_by().values_list("state").annotate(n=Count("pk")))


def _filtered(runs: QuerySet[Run], query: RunQuery) -> QuerySet[Run]:
    if query.state:
        if query.state not in Run.State.values:
            raise InvalidInput.of("state", f"'{query.state}' is not one of {', '.join(Run.State.values)}")
        runs = runs.filter(state=query.state)
    text = query.text.replace("\x00", "")
    if text:
        runs = runs.filter(Q(name__icontains=text) | Q(run_id__icontains=text) | Q(host__icontains=text))
    return runs


def _order(query: RunQuery) -> list[OrderBy]:
    keys = [key.strip() for key in query.sort.split(",") if key.strip()] or ["-created_at"]
    order = [term for key in keys for term in _terms(key, query.paths or {})]
    is_descending = keys[0].startswith("-")
    return [*order, OrderBy(F("pk"), descending=is_descending)]


def _terms(key: str, paths: Mapping[str, Path]) -> list[OrderBy]:
    name = key.removeprefix("-")
    expressions = _expressions(name, paths)
    return [OrderBy(e, descending=key.startswith("-"), nulls_last=True) for e in expressions]


def _expressions(name: str, paths: Mapping[str, Path]) -> Sequence[_Sortable]:
    if name in _FIELDS:
        return [F(_FIELDS[name])]
    if name == "runtime":
        end = Coalesce(F("finished_at"), Now())
        return [ExpressionWrapper(end - F("started_at"), output_field=DurationField())]
    column, _, inner = name.partition(".")
    if column not in ("config", "summary") or not inner or '"' in inner or "\x00" in inner:
        raise InvalidInput.of("sort", f"'{name}' is no column: use one of {', '.join(_FIELDS)}, config.… or summary.…")
    path = (inner,) if column == "summary" else paths.get(inner, tuple(inner.split(".")))
    return [JsonNumber(column, path), JsonText(column, path)]
