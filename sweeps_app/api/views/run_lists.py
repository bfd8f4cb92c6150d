"""Runs of a project or a sweep, as tables ask for them."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.runs import RunListQuery, RunPageSerializer, RunSerializer
from sweeps_app.api.views.answers import page_answer
from sweeps_app.api.views.base import ApiView, query_of
from sweeps_app.selectors.access import project_get, sweep_get
from sweeps_app.selectors.runs import RunQuery, project_runs, run_page, sweep_runs
from sweeps_app.selectors.sweeps import parameter_paths


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
        runs = project_runs(project_get(self.caller, entity, project))
        page = run_page(runs, RunQuery(**query_of(request, RunListQuery)))
        return Response(page_answer(page, RunSerializer(page.runs, many=True)))


class SweepRunsView(ApiView):
    """The runs of a sweep."""

    @operation(
        "sweep_runs", "List the runs of a sweep", tag="sweeps", query=RunListQuery, answers={200: RunPageSerializer}
    )
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return a page of the sweep's runs; missing values sort last. `sort=objective` puts the lowest first."""
        sweep = sweep_get(self.caller, sweep_id)
        query = RunQuery(**query_of(request, RunListQuery), paths=parameter_paths(sweep))
        page = run_page(sweep_runs(sweep), query)
        return Response(page_answer(page, RunSerializer(page.runs, many=True)))
