"""Who works on a sweep: its agent jobs with why they wait, and the agents that people have started by hand."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils import timezone

from dashboard.views.page import address, whole_number
from sweeps_app.models import Agent, AgentJob, Run, Sweep
from sweeps_app.selectors.jobs import (
    WorkDone,
    current_runs,
    jobs_active_first,
    sweep_jobs,
    waiting_reasons,
    work_of_jobs,
)
from sweeps_app.selectors.pages import list_page

JOBS_ON_A_PAGE = 6
AGENTS_SHOWN = 6


class JobRow(NamedTuple):
    """A job in the table; `waiting` is None for one that does not wait."""

    job: AgentJob
    is_active: bool
    waiting: str | None
    work: WorkDone


class AgentRow(NamedTuple):
    """An agent that no job has started, and the run that it is at."""

    agent: Agent
    run: Run | None


def sweep_agents(request: HttpRequest, sweep: Sweep) -> dict[str, Any]:
    """Return what the section shows."""
    page = list_page(
        jobs_active_first(sweep_jobs(sweep)), page=whole_number(request, "jobs", 1), page_size=JOBS_ON_A_PAGE
    )
    waiting, work = waiting_reasons(page.rows, timezone.now()), work_of_jobs(page.rows)
    by_hand = sweep.agents.filter(job=None, state=Agent.State.ACTIVE).order_by("-created_at", "-pk")
    shown = list(by_hand[:AGENTS_SHOWN])
    current = current_runs(shown)
    entity, project = sweep.project.entity.name, sweep.project.name
    return {
        "jobs": page,
        "job_rows": [
            JobRow(job, job.state in AgentJob.ACTIVE_STATES, waiting.get(job.pk), work[job.pk]) for job in page.rows
        ],
        "by_hand": [AgentRow(agent, current.get(agent.pk)) for agent in shown],
        "by_hand_count": by_hand.count() if len(shown) == AGENTS_SHOWN else len(shown),
        "jobs_url": address(entity, project, "jobs", ""),
        "run_prefix": address(entity, project, "runs", ""),
        "target": f"{entity}/{project}/{sweep.sweep_id}",
        "may_launch": sweep.state in Sweep.ACTIVE_STATES,
    }
