"""Runs of a project or a sweep, as tables ask for them."""

from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.negotiation import FileNegotiation
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.run_lists import RunFileQuery, RunListQuery, RunPageSerializer
from sweeps_app.api.serializers.runs import RunSerializer
from sweeps_app.api.views.answers import page_answer
from sweeps_app.api.views.base import ApiView, query_of
from sweeps_app.selectors.access import project_get, sweep_get
from sweeps_app.selectors.run_export import RUN_FORMS, runs_file
from sweeps_app.selectors.run_expressions import columns_named
from sweeps_app.selectors.run_scope import RunScope, project_scope, sweep_scope
from sweeps_app.selectors.run_selected import selection_named
from sweeps_app.selectors.run_values import run_values
from sweeps_app.selectors.runs import RunQuery, run_page


class ProjectRunsView(ApiView):
    """The runs of a project."""

    @operation(
        "project_runs",
        "List the runs of a project",
        tag="projects",
        query=RunListQuery,
        answers={200: RunPageSerializer},
    )
    def get(self, request: Request, entity: str, project: str) -> Response:
        """Return a page of the project's runs, those of its sweeps included; missing values sort last."""
        return _page(request, project_scope(project_get(self.caller, entity, project)))


class ProjectRunsFileView(ApiView):
    """The runs of a project as a file."""

    content_negotiation_class = FileNegotiation

    @operation(
        "project_runs_file",
        "Download the runs of a project",
        tag="projects",
        query=RunFileQuery,
        answers={200: OpenApiTypes.BINARY},
    )
    def get(self, request: Request, entity: str, project: str, form: str) -> HttpResponseBase:
        """Return all runs that the query finds, as `csv` or `parquet`, sent while the file is made."""
        found = project_get(self.caller, entity, project)
        return _file(request, project_scope(found), found.name, form)


class SweepRunsView(ApiView):
    """The runs of a sweep."""

    @operation(
        "sweep_runs", "List the runs of a sweep", tag="sweeps", query=RunListQuery, answers={200: RunPageSerializer}
    )
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return a page of the sweep's runs; missing values sort last. `sort=objective` puts the lowest first."""
        return _page(request, sweep_scope(sweep_get(self.caller, sweep_id)))


class SweepRunsFileView(ApiView):
    """The runs of a sweep as a file."""

    content_negotiation_class = FileNegotiation

    @operation(
        "sweep_runs_file",
        "Download the runs of a sweep",
        tag="sweeps",
        query=RunFileQuery,
        answers={200: OpenApiTypes.BINARY},
    )
    def get(self, request: Request, sweep_id: str, form: str) -> HttpResponseBase:
        """Return all runs that the query finds, as `csv` or `parquet`, sent while the file is made."""
        sweep = sweep_get(self.caller, sweep_id)
        return _file(request, sweep_scope(sweep), sweep.sweep_id, form)


def _file(request: Request, scope: RunScope, name: str, form: str) -> HttpResponseBase:
    asked = query_of(request, RunFileQuery)
    columns = columns_named(asked.pop("columns"), scope, "columns")
    content = runs_file(scope, _query(asked), columns, form)
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}-runs.{form}")
    headers = {"Content-Disposition": str(disposition)}
    return StreamingHttpResponse(content, content_type=RUN_FORMS[form], headers=headers)


def _query(asked: dict[str, Any]) -> RunQuery:
    return RunQuery(selection=selection_named(asked.pop("sel")), **asked)


def _page(request: Request, scope: RunScope) -> Response:
    asked = query_of(request, RunListQuery)
    columns = columns_named(asked.pop("columns"), scope, "columns")
    page = run_page(scope, _query(asked))
    if not columns:
        return Response(page_answer(page, RunSerializer(page.runs, many=True)))
    keys = [column.key for column in columns]
    rows = [dict(zip(keys, values, strict=True)) for values in run_values(page.runs, columns, scope)]
    return Response(page_answer(page, rows))
