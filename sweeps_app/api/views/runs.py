"""Runs: start, read, change, keep alive, stop, finish."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.serializers.runs import (
    RunDetailsSerializer,
    RunFinishSerializer,
    RunSerializer,
    RunStartSerializer,
    StopSerializer,
)
from sweeps_app.api.views.base import ApiView, body_of, made, shown
from sweeps_app.models import Run
from sweeps_app.selectors.access import run_get, run_ref
from sweeps_app.services.runs import RunDetails, run_finish, run_heartbeat, run_start, run_stop, run_update


class RunsView(ApiView):
    """Where runs start."""

    @operation(
        "run_start",
        "Start a run",
        tag="runs",
        body=RunStartSerializer,
        answers={201: RunSerializer, 200: RunSerializer},
        writes=True,
        conflicts=True,
        example={"project": "digits", "run_id": "try-1", "config": {"lr": 0.01}, "host": "node-7"},
    )
    def post(self, request: Request) -> Response:
        """Start a run (201), or take up one of that id which has not ended (200): safe to repeat.

        An agent starts the run that it was given by naming its id, entity and project. The entity defaults to your
        own, the project to `uncategorized`; a project that does not exist is made. A run that has ended is a 409.
        """
        values = body_of(request, RunStartSerializer)
        run, created = run_start(
            user=self.caller,
            run_id=values.pop("run_id", None),
            entity_name=values.pop("entity", None),
            project_name=values.pop("project", None),
            details=RunDetails(**values),
        )
        return made(_answer(self, run), created=created)


class RunView(ApiView):
    """One run."""

    @operation("run_get", "Read a run", tag="runs", answers={200: RunSerializer})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return the run."""
        return Response(shown(RunSerializer, run_get(self.caller, entity, project, run_id)))

    @operation(
        "run_update",
        "Change a run",
        tag="runs",
        body=RunDetailsSerializer,
        answers={200: RunSerializer},
        writes=True,
        example={"config": {"lr": 0.02}, "tags": ["baseline"]},
    )
    def patch(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Change what is given. `config` and `summary` are merged by key; anything else is replaced.

        A summary value set here stays: values logged later under the same name do not replace it.
        """
        run = run_ref(self.caller, entity, project, run_id)
        run_update(run=run, details=RunDetails(**body_of(request, RunDetailsSerializer)))
        return Response(shown(RunSerializer, run_get(self.caller, entity, project, run_id)))


class RunHeartbeatView(ApiView):
    """Signs of life."""

    @operation(
        "run_heartbeat",
        "Keep a run alive",
        tag="runs",
        body=EmptySerializer,
        answers={200: StopSerializer},
        writes=True,
        example={},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Note that the run is alive, and learn whether it is to stop.

        A run that is silent for five minutes counts as crashed; logging is a sign of life, too. One that was given
        up as crashed is running again.
        """
        run = run_get(self.caller, entity, project, run_id)
        body_of(request, EmptySerializer)
        return Response({"stop": run_heartbeat(run=run)})


class RunFinishView(ApiView):
    """The end of a run, as its client tells it."""

    @operation(
        "run_finish",
        "Finish a run",
        tag="runs",
        body=RunFinishSerializer,
        answers={200: RunSerializer},
        writes=True,
        example={"exit_code": 0, "summary": {"best_accuracy": 0.98}},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """End the run. The first end counts, so that repeating it is safe; it corrects a run given up as crashed.

        Without `state`, exit code 0 is `finished`; any other is `killed` where a stop was asked for, else `failed`.
        """
        run = run_ref(self.caller, entity, project, run_id)
        run_finish(run=run, **body_of(request, RunFinishSerializer))
        return Response(shown(RunSerializer, run_get(self.caller, entity, project, run_id)))


class RunStopView(ApiView):
    """A wish that a run may end."""

    @operation(
        "run_stop",
        "Ask a run to stop",
        tag="runs",
        body=EmptySerializer,
        answers={200: RunSerializer},
        writes=True,
        example={},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Ask an active run to stop: its client learns it with its next batch or heartbeat. Safe to repeat."""
        run = run_get(self.caller, entity, project, run_id)
        body_of(request, EmptySerializer)
        run_stop(run=run)
        return Response(_answer(self, run))


def _answer(view: ApiView, run: Run) -> dict[str, Any]:
    """Return the run as it is stored now."""
    stored = run_get(view.caller, run.project.entity.name, run.project.name, run.run_id)
    return shown(RunSerializer, stored)
