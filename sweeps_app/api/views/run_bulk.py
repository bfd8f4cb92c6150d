"""Many runs of a project at once."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.run_lists import (
    RunIdsSerializer,
    RunsChangedSerializer,
    RunsDeletedSerializer,
    RunsUpdateSerializer,
)
from sweeps_app.api.views.base import ApiView, body_of
from sweeps_app.selectors.access import project_get
from sweeps_app.services.bulk import RunsChange, runs_stop, runs_update
from sweeps_app.services.deletion import runs_delete

_EXAMPLE = {"run_ids": ["try-1", "try-2"]}


class ProjectRunsDeleteView(ApiView):
    """Where many runs are deleted."""

    @operation(
        "project_runs_delete",
        "Delete runs",
        tag="projects",
        body=RunIdsSerializer,
        answers={200: RunsDeletedSerializer},
        writes=True,
        example=_EXAMPLE,
    )
    def post(self, request: Request, entity: str, project: str) -> Response:
        """Delete up to 10,000 runs of the project, all of them or none. Those that are gone already are passed over."""
        found = project_get(self.caller, entity, project)
        run_ids = body_of(request, RunIdsSerializer)["run_ids"]
        return Response({"deleted": runs_delete(project=found, run_ids=run_ids)})


class ProjectRunsUpdateView(ApiView):
    """Where many runs are changed."""

    @operation(
        "project_runs_update",
        "Change runs",
        tag="projects",
        body=RunsUpdateSerializer,
        answers={200: RunsChangedSerializer},
        writes=True,
        example=_EXAMPLE | {"add_tags": ["baseline"], "hidden": False},
    )
    def post(self, request: Request, entity: str, project: str) -> Response:
        """Tag, note or hide up to 10,000 runs of the project, all of them or none: safe to repeat."""
        found = project_get(self.caller, entity, project)
        values = body_of(request, RunsUpdateSerializer)
        run_ids = values.pop("run_ids")
        return Response({"changed": runs_update(project=found, run_ids=run_ids, change=RunsChange(**values))})


class ProjectRunsStopView(ApiView):
    """Where many runs are asked to stop."""

    @operation(
        "project_runs_stop",
        "Ask runs to stop",
        tag="projects",
        body=RunIdsSerializer,
        answers={200: RunsChangedSerializer},
        writes=True,
        example=_EXAMPLE,
    )
    def post(self, request: Request, entity: str, project: str) -> Response:
        """Ask those of up to 10,000 runs that are under way to stop. `changed` counts those not asked before."""
        found = project_get(self.caller, entity, project)
        run_ids = body_of(request, RunIdsSerializer)["run_ids"]
        return Response({"changed": runs_stop(project=found, run_ids=run_ids)})
