"""Sweeps: list, make, check, read."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.base import PageQuery
from sweeps_app.api.serializers.sweeps import (
    SweepCreatedSerializer,
    SweepCreateSerializer,
    SweepPageSerializer,
    SweepSerializer,
    SweepValidatedSerializer,
    SweepValidateSerializer,
)
from sweeps_app.api.views.answers import page_answer, sweep_answer, sweeps_answer
from sweeps_app.api.views.base import ApiView, body_of, made, query_of
from sweeps_app.selectors.access import project_get, sweep_get
from sweeps_app.selectors.configs import config_report
from sweeps_app.selectors.pages import list_page
from sweeps_app.selectors.sweeps import project_sweeps, visible_sweeps
from sweeps_app.services.deletion import sweep_delete
from sweeps_app.services.sweeps import sweep_create

_EXAMPLE = {
    "project": "digits",
    "config": {
        "method": "random",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"lr": {"min": 0.0001, "max": 0.1}, "layers": {"values": [1, 2, 3]}},
    },
}


class SweepsView(ApiView):
    """The sweeps of all your entities."""

    @operation(
        "sweep_list", "List sweeps", tag="sweeps", query=PageQuery, answers={200: SweepPageSerializer}, finds=False
    )
    def get(self, request: Request) -> Response:
        """Return the sweeps of all your entities, newest first."""
        page = list_page(visible_sweeps(self.caller), **query_of(request, PageQuery))
        return Response(page_answer(page, sweeps_answer(page.rows)))

    @operation(
        "sweep_create",
        "Make a sweep",
        tag="sweeps",
        body=SweepCreateSerializer,
        answers={201: SweepCreatedSerializer, 200: SweepCreatedSerializer},
        writes=True,
        example=_EXAMPLE,
    )
    def post(self, request: Request) -> Response:
        """Make a sweep (201). With a `request_id` sent before, the same sweep is returned (200): safe to repeat.

        A configuration that cannot be used is a 400 that lists all of its problems; `warnings` say what to look at
        in a usable one. Entity, project and name may also stand in the configuration.
        """
        values = body_of(request, SweepCreateSerializer)
        result = sweep_create(
            user=self.caller,
            config=values["config"],
            entity_name=values.get("entity"),
            project_name=values.get("project"),
            name=values.get("name"),
            request_id=values.get("request_id", ""),
        )
        return made(sweep_answer(result.sweep, result.warnings), created=result.created)


class SweepValidateView(ApiView):
    """A look at a configuration."""

    @operation(
        "sweep_validate",
        "Check a configuration",
        tag="sweeps",
        body=SweepValidateSerializer,
        answers={200: SweepValidatedSerializer},
        writes=True,
        finds=False,
        example={"config": _EXAMPLE["config"]},
    )
    def post(self, request: Request) -> Response:
        """Say what is wrong with a configuration, and how the server would store it, without making a sweep."""
        report = config_report(body_of(request, SweepValidateSerializer)["config"])
        return Response(SweepValidatedSerializer(report).data)


class ProjectSweepsView(ApiView):
    """The sweeps of a project."""

    @operation(
        "project_sweeps",
        "List the sweeps of a project",
        tag="projects",
        query=PageQuery,
        answers={200: SweepPageSerializer},
    )
    def get(self, request: Request, entity: str, project: str) -> Response:
        """Return the project's sweeps, newest first."""
        sweeps = project_sweeps(project_get(self.caller, entity, project))
        page = list_page(sweeps, **query_of(request, PageQuery))
        return Response(page_answer(page, sweeps_answer(page.rows)))


class SweepView(ApiView):
    """One sweep."""

    @operation("sweep_get", "Read a sweep", tag="sweeps", answers={200: SweepSerializer})
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return the sweep with its counts of runs by state and its best run."""
        return Response(sweep_answer(sweep_get(self.caller, sweep_id)))

    @operation("sweep_delete", "Delete a sweep", tag="sweeps", answers={204: None}, writes=True)
    def delete(self, request: Request, sweep_id: str) -> Response:
        """Delete the sweep with its runs; its agents and active runs get a 404 and end. So does a repeat."""
        sweep_delete(sweep=sweep_get(self.caller, sweep_id))
        return Response(status=204)
