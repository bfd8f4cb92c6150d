"""An agent job: what it runs, where, how it goes, and what it prints."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dashboard.console_answers import console_context, console_data, console_text
from dashboard.live import live_page
from dashboard.views.control import done
from dashboard.views.page import Crumb, PageRequest, address, page, whole_number
from sweeps_app.errors import NotFound
from sweeps_app.models import AgentJob, User
from sweeps_app.selectors.access import job_get
from sweeps_app.selectors.jobs import current_runs, job_relaunch_of, job_runs, job_version, waiting_reasons
from sweeps_app.selectors.marks import JOB
from sweeps_app.selectors.pages import list_page
from sweeps_app.services.job_launch import job_relaunch
from sweeps_app.services.jobs import MAX_ATTEMPTS, job_drain, job_stop

RUNS_ON_A_PAGE = 20
AGENTS_SHOWN = 20


def job_at(user: User, entity: str, project: str, job_id: str) -> AgentJob:
    """Return the job at an address; raises `NotFound` where it is another project's."""
    job = job_get(user, job_id)
    if (job.project.entity.name, job.project.name) != (entity, project):
        raise NotFound(f"no agent job '{job_id}' in '{entity}/{project}'")
    return job


@require_safe
@page
def job(request: PageRequest, entity: str, project: str, job_id: str) -> HttpResponseBase:
    """Show a job."""
    found = job_at(request.user, entity, project, job_id)
    version = job_version(found, timezone.now())
    return live_page(request, "job", lambda: version, lambda: _context(request, found), watched=(JOB, found.pk))


@require_safe
@page
def job_console_data(request: PageRequest, entity: str, project: str, job_id: str) -> HttpResponseBase:
    """Return a part of the output for the job's page."""
    return console_data(request, job_at(request.user, entity, project, job_id))


@require_safe
@page
def job_console_text(request: PageRequest, entity: str, project: str, job_id: str) -> HttpResponseBase:
    """Send the output as text."""
    return console_text(request, job_at(request.user, entity, project, job_id))


@require_POST
@page
def stop_job(request: PageRequest, entity: str, project: str, job_id: str) -> HttpResponseBase:
    """Stop a job."""
    job_stop(job=job_at(request.user, entity, project, job_id))
    return done(request, "The job is told to stop.", address(entity, project, "jobs", job_id))


@require_POST
@page
def drain_job(request: PageRequest, entity: str, project: str, job_id: str) -> HttpResponseBase:
    """Let a job end after the run that it has."""
    job_drain(job=job_at(request.user, entity, project, job_id))
    return done(
        request, "The job takes no further run: it ends after the one it has.", address(entity, project, "jobs", job_id)
    )


@require_POST
@page
def relaunch_job(request: PageRequest, entity: str, project: str, job_id: str) -> HttpResponseBase:
    """Launch an ended job again, and go to the new one."""
    again, _ = job_relaunch(user=request.user, job=job_at(request.user, entity, project, job_id))
    return done(request, f"Launched again as job {again.job_id}.", address(entity, project, "jobs", again.job_id))


def _context(request: PageRequest, job: AgentJob) -> dict[str, Any]:
    entity, project = job.project.entity.name, job.project.name
    agents = list(job.agents.order_by("-created_at", "-pk")[:AGENTS_SHOWN])
    current = current_runs(agents)
    sweep_url = address(entity, project, "sweeps", job.sweep.sweep_id)
    place = [Crumb(entity, address(entity)), Crumb(project, address(entity, project)), Crumb(str(job.sweep), sweep_url)]
    return {
        "job": job,
        "url": address(entity, project, "jobs", job.job_id),
        "jobs_url": address(entity, project, "jobs", ""),
        "run_prefix": address(entity, project, "runs", ""),
        "sweep_url": sweep_url,
        "is_active": job.state in AgentJob.ACTIVE_STATES,
        "waiting": waiting_reasons([job], timezone.now()).get(job.pk),
        "relaunched_as": job_relaunch_of(job),
        "max_attempts": MAX_ATTEMPTS,
        "agents": [(agent, current.get(agent.pk)) for agent in agents],
        "runs": list_page(job_runs(job), page=whole_number(request, "page", 1), page_size=RUNS_ON_A_PAGE),
        "crumbs": [*place, Crumb(f"Job {job.job_id}")],
    } | console_context(request, job)
