"""Agent jobs as pages and the API show them, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from zlib import crc32

from django.db.models import Case, Count, Exists, F, Max, Q, QuerySet, Sum, When

from sweeps_app.columns.lines import Lines
from sweeps_app.models import Agent, AgentJob, JobConsoleChunk, Run, Sweep
from sweeps_app.models.compiled import CompiledQuery
from sweeps_app.selectors.workers import live_workers, rooms, waiting_reason

TAIL_CHARACTERS = 20_000
_TAIL_LINES = 1_000


class WorkDone(NamedTuple):
    """How many agents are alive, how many attempts of runs have ended with them, and how many of those failed."""

    agents: int = 0
    done: int = 0
    failed: int = 0


def sweep_jobs(sweep: Sweep) -> QuerySet[AgentJob]:
    """Return the agent jobs of a sweep, newest first."""
    return sweep.agent_jobs.select_related("sweep", "worker", "relaunch_of").order_by("-created_at", "-pk")


def waiting_reasons(jobs: Iterable[AgentJob], now: datetime) -> dict[int, str]:
    """Return by primary key why each queued one of the jobs waits; "" where a worker is about to take it."""
    waiting = [job for job in jobs if job.state == AgentJob.State.QUEUED]
    found = rooms(live_workers(now)) if waiting else []
    return {job.pk: waiting_reason(job, found) for job in waiting}


def output_tails(jobs: Sequence[AgentJob]) -> dict[int, str]:
    """Return the end of what each job has printed, by primary key, in one query."""
    newest = JobConsoleChunk.objects.filter(job__in=jobs, first_line__gte=F("job__console_lines") - _TAIL_LINES)
    texts: dict[int, list[str]] = defaultdict(list)
    for chunk in newest.order_by("job", "first_line").only("job_id", "data"):
        texts[chunk.job_id] += Lines.from_bytes(chunk.data).texts
    return {pk: "".join(f"{line}\n" for line in lines)[-TAIL_CHARACTERS:] for pk, lines in texts.items()}


def jobs_active_first(jobs: QuerySet[AgentJob]) -> QuerySet[AgentJob]:
    """Return the jobs with those before the others that wait or run, the newest of each first."""
    is_over = Case(When(state__in=AgentJob.ACTIVE_STATES, then=0), default=1)
    return jobs.order_by(is_over, "-created_at", "-pk")


def work_of_jobs(jobs: Iterable[AgentJob]) -> dict[int, WorkDone]:
    """Return by primary key how many agents of each job are alive, and what all of its agents have done."""
    found = {job.pk: WorkDone() for job in jobs}
    active = Count("pk", filter=Q(state=Agent.State.ACTIVE))
    rows = Agent.objects.filter(job__in=found).order_by().values("job")
    counted = rows.annotate(active=active, done=Sum("runs_done"), failed=Sum("runs_failed"))
    for pk, agents, done, failed in counted.values_list("job_id", "active", "done", "failed"):
        found[pk] = WorkDone(agents, done, failed)
    return found


def current_runs(agents: Sequence[Agent]) -> dict[int, Run]:
    """Return the run that each agent is at, by the agent's primary key."""
    runs = Run.objects.filter(agent__in=agents, state__in=Run.ACTIVE_STATES, queued_at=None).order_by("pk")
    return {run.agent_id: run for run in runs if run.agent_id is not None}


def job_runs(job: AgentJob) -> QuerySet[Run]:
    """Return the runs that the agents of a job are at or were at last, newest first."""
    return Run.objects.filter(agent__job=job).order_by("-created_at", "-pk")


def job_relaunch_of(job: AgentJob) -> AgentJob | None:
    """Return the job that repeats this one, if one does."""
    return AgentJob.objects.filter(relaunch_of=job).first()


def jobs_version(sweep: Sweep, now: datetime) -> str:
    """Return what changes with the agents of a sweep and with why its jobs wait; a job's own change is the sweep's."""
    agents, alive, waits = _WORK.first(sweep=sweep.pk) or (0, 0, False)
    reasons = " ".join(waiting_reasons(_queued(sweep.pk), now).values()) if waits else ""
    return f"{agents}.{alive}.{crc32(reasons.encode())}"


def _queued(sweep: int) -> QuerySet[AgentJob]:
    return AgentJob.objects.filter(sweep=sweep, state=AgentJob.State.QUEUED)


def _work(sweep: int) -> QuerySet[Sweep, tuple[int, int, bool]]:
    active = Count("agents", filter=Q(agents__state=Agent.State.ACTIVE))
    one = Sweep.everything.filter(pk=sweep).order_by().values("pk")
    counted = one.annotate(n=Count("agents"), active=active, waits=Exists(_queued(sweep)))
    return counted.values_list("n", "active", "waits")


_WORK = CompiledQuery(_work, integers="sweep")


def job_version(job: AgentJob, now: datetime) -> str:
    """Return the version of a job's page: of its row, its output, its agents and their runs."""
    agents = job.agents.aggregate(n=Count("pk"), active=Count("pk", filter=Q(state=Agent.State.ACTIVE)))
    newest = Run.objects.filter(agent__job=job).order_by().aggregate(newest=Max("change"))["newest"]
    row = (job.state, job.attempt, job.stop_requested, job.drain_requested, job.console_lines, newest)
    reason = waiting_reasons([job], now).get(job.pk, "")
    relaunched = AgentJob.objects.filter(relaunch_of=job).count()
    return f"{agents['n']}.{agents['active']}.{relaunched}.{crc32(repr((row, reason)).encode())}"
