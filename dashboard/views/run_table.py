"""What the scripts of a run table ask for while the page is open: completion of a query, and all columns."""

from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.views.page import PageRequest, page
from dashboard.views.sweep import sweep_at
from sweeps_app.query.columns import Column, column_of, written
from sweeps_app.query.completion import complete
from sweeps_app.query.errors import QueryError
from sweeps_app.query.parser import MAX_LENGTH
from sweeps_app.selectors.access import project_get
from sweeps_app.selectors.run_known import known_values
from sweeps_app.selectors.run_scope import RunScope, project_scope, sweep_scope
from sweeps_app.selectors.runs import query_read


def scope_at(request: PageRequest, entity: str, project: str, sweep_id: str | None) -> RunScope:
    """Return the runs of the table of a sweep's page, or of a project's where no sweep is named."""
    if sweep_id is None:
        return project_scope(project_get(request.user, entity, project))
    return sweep_scope(sweep_at(request.user, entity, project, sweep_id))


@require_safe
@page
def complete_query(request: PageRequest, entity: str, project: str, sweep_id: str | None = None) -> HttpResponseBase:
    """Tell what can stand at a place in a query, and what is wrong with it so far."""
    scope = scope_at(request, entity, project, sweep_id)
    text = request.GET.get("query", "")[: MAX_LENGTH + 1].replace("\x00", " ")
    at = request.GET.get("at", "")
    place = min(int(at), len(text)) if at.isascii() and at.isdigit() and len(at) < 6 else len(text)
    found = complete(text, place, scope.catalogue, lambda column: known_values(scope, column))
    read = query_read(scope, text)
    return JsonResponse(
        {
            "start": found.start,
            "end": found.end,
            "choices": [choice._asdict() for choice in found.choices],
            "problem": read.problem and _place(read.problem),
            "hints": [_place(hint) for hint in read.hints],
        }
    )


@require_safe
@page
def table_columns(request: PageRequest, entity: str, project: str, sweep_id: str | None = None) -> HttpResponseBase:
    """Tell all columns that the table can have."""
    catalogue = scope_at(request, entity, project, sweep_id).catalogue
    found = [column_of(key) for key in catalogue.all_keys()]
    return JsonResponse({"columns": [_described(column) for column in found if column is not None]})


def _described(column: Column) -> dict[str, Any]:
    kind = column.kind.value
    return {"key": column.key, "label": column.label, "source": column.source, "kind": kind, "written": written(column)}


def _place(error: QueryError) -> dict[str, Any]:
    return {"message": str(error), "start": error.start, "end": error.end}
