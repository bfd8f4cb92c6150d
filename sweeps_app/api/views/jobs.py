"""Agent jobs: agents that the server's own workers run."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.agents import (
    JobLaunchSerializer,
    JobPageSerializer,
    JobSerializer,
    JobsLaunchedSerializer,
    JobsLaunchSerializer,
)
from sweeps_app.api.serializers.base import EmptySerializer, PageQuery
from sweeps_app.api.views.answers import page_answer
from sweeps_app.api.views.base import ApiView, body_of, made, query_of
from sweeps_app.models import AgentJob
from sweeps_app.selectors.access import job_get, sweep_get
from sweeps_app.selectors.jobs import output_tails, sweep_jobs, waiting_reasons
from sweeps_app.selectors.pages import list_page
from sweeps_app.services.job_launch import JobSettings, job_launch_once, job_relaunch, jobs_launch
from sweeps_app.services.jobs import job_drain, job_stop


class SweepJobsView(ApiView):
    """The agent jobs of a sweep."""

    @operation("job_list", "List agent jobs", tag="jobs", query=PageQuery, answers={200: JobPageSerializer})
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return the sweep's agent jobs, newest first."""
        jobs = sweep_jobs(sweep_get(self.caller, sweep_id))
        page = list_page(jobs, **query_of(request, PageQuery))
        return Response(page_answer(page, _shown(page.rows)))

    @operation(
        "job_launch",
        "Start an agent on a worker",
        tag="jobs",
        body=JobLaunchSerializer,
        answers={201: JobSerializer, 200: JobSerializer},
        writes=True,
        conflicts=True,
        example={"program": "digits", "count": 20},
    )
    def post(self, request: Request, sweep_id: str) -> Response:
        """Queue an agent that runs a registered program (201). With a `job_id` sent before, that job (200).

        Programs are registered by an admin of the project, or the server's own: a client chooses a name, never a
        command.
        """
        sweep = sweep_get(self.caller, sweep_id)
        values = body_of(request, JobLaunchSerializer)
        job_id = values.pop("job_id", "")
        job, created = job_launch_once(user=self.caller, sweep=sweep, wanted=JobSettings(**values), job_id=job_id)
        return made(_one(job), created=created)


class SweepJobsLaunchView(ApiView):
    """Several agents at once."""

    @operation(
        "jobs_launch",
        "Start agents on workers",
        tag="jobs",
        body=JobsLaunchSerializer,
        answers={201: JobsLaunchedSerializer, 200: JobsLaunchedSerializer},
        writes=True,
        conflicts=True,
        example={"request_id": "2f7c", "program": "digits", "agents": 4, "queue": "agents", "slots": 1, "gpus": 0},
    )
    def post(self, request: Request, sweep_id: str) -> Response:
        """Queue so many agents, all or none (201). With a `request_id` sent before, those of then (200)."""
        sweep = sweep_get(self.caller, sweep_id)
        values = body_of(request, JobsLaunchSerializer)
        agents, request_id = values.pop("agents"), values.pop("request_id")
        jobs, created = jobs_launch(
            user=self.caller, sweep=sweep, wanted=JobSettings(**values), agents=agents, request_id=request_id
        )
        return made({"jobs": _shown(jobs).data}, created=created)


class JobView(ApiView):
    """One agent job."""

    @operation("job_get", "Read an agent job", tag="jobs", answers={200: JobSerializer})
    def get(self, request: Request, job_id: str) -> Response:
        """Return the job with the end of its program's output."""
        return Response(_one(job_get(self.caller, job_id)))


class JobStopView(ApiView):
    """The end of an agent job."""

    @operation(
        "job_stop",
        "Stop an agent job",
        tag="jobs",
        body=EmptySerializer,
        answers={200: JobSerializer},
        writes=True,
        example={},
    )
    def post(self, request: Request, job_id: str) -> Response:
        """Stop a job: at once while it waits, within seconds while it runs. Safe to repeat."""
        job = job_get(self.caller, job_id)
        body_of(request, EmptySerializer)
        return Response(_one(job_stop(job=job)))


class JobDrainView(ApiView):
    """The end of an agent job without the end of a run."""

    @operation(
        "job_drain",
        "Drain an agent job",
        tag="jobs",
        body=EmptySerializer,
        answers={200: JobSerializer},
        writes=True,
        example={},
    )
    def post(self, request: Request, job_id: str) -> Response:
        """Let a job end once its agent has finished the run that it has: it takes no further one. Safe to repeat."""
        job = job_get(self.caller, job_id)
        body_of(request, EmptySerializer)
        return Response(_one(job_drain(job=job)))


class JobRelaunchView(ApiView):
    """The same job once more."""

    @operation(
        "job_relaunch",
        "Launch an ended agent job again",
        tag="jobs",
        body=EmptySerializer,
        answers={201: JobSerializer, 200: JobSerializer},
        writes=True,
        conflicts=True,
        example={},
    )
    def post(self, request: Request, job_id: str) -> Response:
        """Queue a new job of the same settings (201); repeated, the same new job (200). One that has not ended: 409."""
        job = job_get(self.caller, job_id)
        body_of(request, EmptySerializer)
        again, created = job_relaunch(user=self.caller, job=job)
        return made(_one(again), created=created)


def _shown(jobs: Sequence[AgentJob]) -> BaseSerializer[Any]:
    context = {"tails": output_tails(jobs), "waiting": waiting_reasons(jobs, timezone.now())}
    return JobSerializer(jobs, many=True, context=context)


def _one(job: AgentJob) -> dict[str, Any]:
    found: dict[str, Any] = _shown([job]).data[0]
    return found
