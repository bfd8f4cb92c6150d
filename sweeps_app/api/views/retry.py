"""Runs that are tried again because a person asks for it."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.serializers.retry import AttemptSerializer, RetriedSerializer, RetrySerializer
from sweeps_app.api.serializers.runs import RunSerializer
from sweeps_app.api.views.base import ApiView, body_of, shown
from sweeps_app.selectors.access import run_get, sweep_get
from sweeps_app.selectors.attempts import run_attempts
from sweeps_app.services.retry import run_retry, runs_retry


class RunRetryView(ApiView):
    """One run."""

    @operation(
        "run_retry",
        "Try a run again",
        tag="runs",
        body=EmptySerializer,
        answers={200: RunSerializer},
        writes=True,
        conflicts=True,
        example={},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Let a run of a sweep that ended badly wait for an agent that tries it again, before all new configurations.

        It keeps its id and configuration; `attempt` grows when an agent gets it. A sweep that is `FINISHED` runs again.
        Safe to repeat while the run waits.
        """
        run = run_get(self.caller, entity, project, run_id)
        body_of(request, EmptySerializer)
        run_retry(run=run, user=self.caller)
        return Response(shown(RunSerializer, run_get(self.caller, entity, project, run_id)))


class RunAttemptsView(ApiView):
    """Earlier attempts at a run."""

    @operation("run_attempts", "List attempts", tag="runs", answers={200: AttemptSerializer(many=True)})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return how each attempt but the last ended, and why another one followed, the first one first."""
        attempts = run_attempts(run_get(self.caller, entity, project, run_id))
        return Response(AttemptSerializer(attempts, many=True).data)


class SweepRetryView(ApiView):
    """All runs of a sweep that ended badly."""

    @operation(
        "sweep_retry",
        "Try runs of a sweep again",
        tag="sweeps",
        body=RetrySerializer,
        answers={200: RetriedSerializer},
        writes=True,
        conflicts=True,
        example={"states": ["failed", "crashed"]},
    )
    def post(self, request: Request, sweep_id: str) -> Response:
        """Let all runs in one of `states` wait for another attempt, as `POST /runs/.../retry` does for one.

        At most 10,000 at once: `left` says how many to ask for again.
        """
        sweep = sweep_get(self.caller, sweep_id)
        retried = runs_retry(sweep=sweep, user=self.caller, **body_of(request, RetrySerializer))
        return Response({"run_ids": retried.run_ids, "left": retried.left})
