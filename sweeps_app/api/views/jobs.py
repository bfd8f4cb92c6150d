"""Agent jobs: agents that the server's own workers run."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.agents import JobLaunchSerializer, JobPageSerializer, JobSerializer
from sweeps_app.api.serializers.base import EmptySerializer, PageQuery
from sweeps_app.api.views.answers import page_answer
from sweeps_app.api.views.base import ApiView, body_of, made, query_of
from sweeps_app.selectors.access import job_get, sweep_get
from sweeps_app.selectors.pages import list_page
from sweeps_app.selectors.sweeps import sweep_jobs
from sweeps_app.services.jobs import job_launch_once, job_stop


class SweepJobsView(ApiView):
    """The agent jobs of a sweep."""

    @operation("job_list", "List agent jobs", tag="jobs", query=PageQuery, answers={200: JobPageSerializer})
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return the sweep's agent jobs, newest first."""
        jobs = sweep_jobs(sweep_get(self.caller, sweep_id))
        page = list_page(jobs, **query_of(request, PageQuery))
        return Response(page_answer(page, JobSerializer(page.rows, many=True)))

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

        Programs are named in the server's settings: a client chooses a name, never a command.
        """
        sweep = sweep_get(self.caller, sweep_id)
        job, created = job_launch_once(user=self.caller, sweep=sweep, **body_of(request, JobLaunchSerializer))
        return made(JobSerializer(job).data, created=created)


class JobView(ApiView):
    """One agent job."""

    @operation("job_get", "Read an agent job", tag="jobs", answers={200: JobSerializer})
    def get(self, request: Request, job_id: str) -> Response:
        """Return the job with the end of its program's output."""
        return Response(JobSerializer(job_get(self.caller, job_id)).data)


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
        return Response(JobSerializer(job_stop(job=job)).data)
