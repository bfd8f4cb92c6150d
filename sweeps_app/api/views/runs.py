"""Runs: start, read, change, keep alive, stop, finish."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.attempt import attempt_of, heard_run_of_client, run_of_client
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.serializers.runs import (
    HeartbeatSerializer,
    PreemptingSerializer,
    RunDetailsSerializer,
    RunFinishSerializer,
    RunSerializer,
    RunStartSerializer,
    StopSerializer,
)
from sweeps_app.api.views.base import ApiView, body_of, made, shown
from sweeps_app.api.waiting import wait_for_news
from sweeps_app.models import Run
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.news import RUN
from sweeps_app.services.deletion import run_delete
from sweeps_app.services.runs import (
    RunDetails,
    RunStart,
    run_finish,
    run_heartbeat,
    run_mark_preempting,
    run_start,
    run_stop,
    run_update,
)


class RunsView(ApiView):
    """Where runs start."""

    @operation(
        "run_start",
        "Start a run",
        tag="runs",
        body=RunStartSerializer,
        answers={201: RunSerializer, 200: RunSerializer},
        writes=True,
        of_client=True,
        conflicts=True,
        example={"project": "digits", "run_id": "try-1", "config": {"lr": 0.01}, "host": "node-7"},
    )
    def post(self, request: Request) -> Response:
        """Start a run (201), or take up one of that id which has not ended (200): safe to repeat.

        An agent starts the run that it was given by naming its id, entity and project. The entity defaults to your
        own, the project to `uncategorized`; a project that does not exist is made. A run that has ended is a 409.
        """
        values = body_of(request, RunStartSerializer)
        start = RunStart(values.pop("started_at", None), attempt_of(request), values.pop("resume", None))
        run, created = run_start(
            user=self.caller,
            run_id=values.pop("run_id", None),
            entity_name=values.pop("entity", None),
            project_name=values.pop("project", None),
            details=RunDetails(**values),
            start=start,
        )
        return made(shown(RunSerializer, run), created=created)


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
        of_client=True,
        example={"config": {"lr": 0.02}, "tags": ["baseline"]},
    )
    def patch(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Change what is given. `config` and `summary` are merged by key; anything else is replaced.

        A summary value set here stays: values logged later under the same name do not replace it.
        """
        run = run_of_client(request, self.caller, entity, project, run_id)
        run_update(run=run, details=RunDetails(**body_of(request, RunDetailsSerializer)))
        return Response(shown(RunSerializer, run_get(self.caller, entity, project, run_id)))

    @operation("run_delete", "Delete a run", tag="runs", answers={204: None}, writes=True)
    def delete(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Delete the run with all that it logged; a client that still reports gets a 404. So does a repeat.

        What the search of its sweep has learned of it stays, and its configuration is not handed out again.
        """
        run_delete(run=run_get(self.caller, entity, project, run_id))
        return Response(status=204)


class RunHeartbeatView(ApiView):
    """Signs of life."""

    @operation(
        "run_heartbeat",
        "Keep a run alive",
        tag="runs",
        body=HeartbeatSerializer,
        answers={200: StopSerializer},
        writes=True,
        of_client=True,
        example={},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Note that the run is alive, and learn whether it is to stop.

        With `wait` the answer comes when there is something to tell, at the latest after so many seconds. A run that
        is silent for five minutes is lost: a sweep's run is given to another agent, any other counts as crashed.
        Logging is a sign of life, too. A run that was given up and that nobody else has is running again.
        """
        run = heard_run_of_client(request, self.caller, entity, project, run_id)
        seconds = body_of(request, HeartbeatSerializer).get("wait", 0.0)
        stop = run_heartbeat(run=run)
        if not stop and run.state in Run.ACTIVE_STATES:
            wait_for_news(request, RUN, run.pk, run.attempt, seconds)
        return Response({"stop": stop})


class RunPreemptingView(ApiView):
    """A warning that a run's machine is about to be taken away."""

    @operation(
        "run_mark_preempting",
        "Mark a run as preempting",
        tag="runs",
        body=EmptySerializer,
        answers={200: PreemptingSerializer},
        writes=True,
        of_client=True,
        example={},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Note that the run's machine is about to be taken away. Safe to repeat.

        If the run then ends with an exit code other than 0, or is heard of no more, it is `preempted`; a sweep's run
        waits at the head of the queue for another agent, with the same id and configuration.
        """
        run = run_of_client(request, self.caller, entity, project, run_id)
        body_of(request, EmptySerializer)
        return Response({"preempting": run_mark_preempting(run=run)})


class RunFinishView(ApiView):
    """The end of a run, as its client tells it."""

    @operation(
        "run_finish",
        "Finish a run",
        tag="runs",
        body=RunFinishSerializer,
        answers={200: RunSerializer},
        writes=True,
        of_client=True,
        example={"exit_code": 0, "summary": {"best_accuracy": 0.98}},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """End the run. The first end counts, so that repeating it is safe; it corrects a run given up as crashed.

        Without `state`, exit code 0 is `finished`; any other is `killed` where a stop was asked for, `preempted` where
        the run was marked as preempting, else `failed`. A sweep's run that is preempted, or has failed in a way that
        the sweep's `retry` names, is `pending` in the answer: it waits for another attempt.
        """
        run = run_of_client(request, self.caller, entity, project, run_id)
        return Response(shown(RunSerializer, run_finish(run=run, **body_of(request, RunFinishSerializer))))


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
        return Response(shown(RunSerializer, run_get(self.caller, entity, project, run_id)))
