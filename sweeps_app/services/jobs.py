"""Agent jobs: a row is the truth, a Celery message only says that there is something to claim.

Whoever has claimed a job writes to it only while the row still says so (`worker` and `attempt`): a worker that
was given up as dead cannot overwrite what its successor does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from sweeps_app.config.celery import app
from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.models import Agent, AgentJob, ApiKey, Run, Sweep, User
from sweeps_app.models.identifiers import job_id_pattern, new_id
from sweeps_app.services.keys import key_create
from sweeps_app.services.reconcile import runs_crash

State = AgentJob.State

RUN_AGENT_JOB = "sweeps_app.tasks.run_agent_job"
SILENCE = timedelta(seconds=30)
MAX_ATTEMPTS = 3
KEY_LIFETIME = timedelta(days=7)
OUTPUT_CHARACTERS = 20_000
# The reconciler rings again; bells that nobody hears must not pile up.
BELL_SECONDS = 60
# Bounds one pass; the next one takes the rest.
BATCH = 100


@dataclass(frozen=True)
class JobsReconciled:
    """How many silent jobs a pass has queued again, given up, and how many queued ones it has rung for."""

    requeued: int
    lost: int
    rung: int


@transaction.atomic
def job_launch(*, user: User, sweep: Sweep, program: str, count: int | None = None) -> AgentJob:
    """Queue an agent of `sweep` that runs a registered program for at most `count` runs.

    Raises `InvalidInput` for a program that is not in `settings.AGENT_PROGRAMS` or a count below 1.
    """
    return job_launch_once(user=user, sweep=sweep, program=program, count=count)[0]


@transaction.atomic
def job_launch_once(
    *, user: User, sweep: Sweep, program: str, count: int | None = None, job_id: str = ""
) -> tuple[AgentJob, bool]:
    """Queue an agent as `job_launch` does, under an id that its client chose; return whether this call did it.

    Raises `InvalidInput` as well for an id that is not 8 lower-case letters or digits, and `Conflict` where it is the
    id of another sweep's or person's job.
    """
    if program not in settings.AGENT_PROGRAMS:
        known = ", ".join(sorted(settings.AGENT_PROGRAMS))
        raise InvalidInput.of("program", f"'{program}' is not registered: choose one of {known}")
    if count is not None and count < 1:
        raise InvalidInput.of("count", "must be 1 or more")
    job_id = job_id or new_id()
    try:
        job_id_pattern(job_id)
    except ValidationError as error:
        raise InvalidInput.of("job_id", str(error.message)) from None
    job, created = AgentJob.objects.get_or_create(
        job_id=job_id,
        defaults={
            "project_id": sweep.project_id,
            "sweep": sweep,
            "program": program,
            "count": count,
            "created_by": user,
        },
    )
    if job.sweep_id != sweep.pk or job.created_by_id != user.pk:
        raise Conflict(f"job id '{job_id}' is taken: choose another")
    if created:
        _ring(job.job_id)
    return job, created


@transaction.atomic
def job_claim(*, job_id: str, worker: str) -> AgentJob | None:
    """Make `worker` the one that runs the job; None when there is nothing to claim any more."""
    now = timezone.now()
    won = AgentJob.objects.filter(job_id=job_id, state=State.QUEUED).update(
        state=State.RUNNING, worker=worker, attempt=F("attempt") + 1, started_at=now, heartbeat_at=now, exit_code=None
    )
    if not won:
        return None
    return AgentJob.objects.select_related("sweep__project__entity", "created_by").get(job_id=job_id)


def job_beat(*, job: AgentJob, output: str | None = None, pid: int | None = None) -> bool:
    """Note that the job is alive, with its latest output if there is any; return whether it is to stop.

    It is to stop when that was asked for, and when the job has been given to somebody else.
    """
    values: dict[str, Any] = {"heartbeat_at": timezone.now()}
    if output is not None:
        values["output_tail"] = _tail(output)
    if pid is not None:
        values["pid"] = pid
    if not _held(job).update(**values):
        return True
    return AgentJob.objects.filter(pk=job.pk, stop_requested=True).exists()


@transaction.atomic
def job_finish(*, job: AgentJob, exit_code: int, output: str) -> bool:
    """End a job that its worker still holds; return False where it has been given to somebody else."""
    ended_well = State.FINISHED if exit_code == 0 else State.FAILED
    stopped = AgentJob.objects.filter(pk=job.pk, stop_requested=True).exists()
    won = _held(job).update(
        state=State.STOPPED if stopped else ended_well,
        exit_code=exit_code,
        output_tail=_tail(output),
        finished_at=timezone.now(),
        pid=None,
    )
    if won:
        _close_books(job)
    return bool(won)


@transaction.atomic
def job_release(*, job: AgentJob, output: str) -> bool:
    """Give a job back to the queue since its worker shuts down; this does not count as an attempt."""
    won = _held(job).update(
        state=State.QUEUED, attempt=F("attempt") - 1, output_tail=_tail(output), pid=None, heartbeat_at=None
    )
    if won:
        _close_books(job)
        _ring(job.job_id)
    return bool(won)


@transaction.atomic
def job_stop(*, job: AgentJob) -> AgentJob:
    """Stop a job: at once while it waits, by way of its worker while it runs. Repeating it changes nothing."""
    won = AgentJob.objects.filter(pk=job.pk, state=State.QUEUED).update(
        state=State.STOPPED, stop_requested=True, finished_at=timezone.now()
    )
    if not won:
        AgentJob.objects.filter(pk=job.pk, state=State.RUNNING).update(stop_requested=True)
    job.refresh_from_db()
    return job


def job_key(*, job: AgentJob) -> str:
    """Make the API key by which the job's agent speaks for whoever launched it; it ends with the job."""
    _, secret = key_create(user=job.created_by, name=_key_name(job), expires_at=timezone.now() + KEY_LIFETIME)
    return secret


def jobs_reconcile(*, now: datetime) -> JobsReconciled:
    """Queue silent jobs again, or give them up after `MAX_ATTEMPTS`, and ring for what waits in the queue."""
    requeued, lost = _take_back(AgentJob.objects.filter(state=State.RUNNING, heartbeat_at__lt=now - SILENCE), now)
    waiting = AgentJob.objects.filter(state=State.QUEUED).order_by("created_at", "pk")[:BATCH]
    for job_id in waiting.values_list("job_id", flat=True):
        _ring(job_id)
    return JobsReconciled(requeued=requeued, lost=lost, rung=len(waiting))


def jobs_requeue_all(*, now: datetime) -> int:
    """Queue every running job again: for the moment before the only worker starts. Return how many."""
    return sum(_take_back(AgentJob.objects.filter(state=State.RUNNING), now))


def jobs_ring_next() -> None:
    """Ring for the job that has waited longest, since a slot is free."""
    job_id = AgentJob.objects.filter(state=State.QUEUED).order_by("created_at", "pk").values_list("job_id", flat=True)
    for waiting in job_id[:1]:
        _ring(waiting)


def _take_back(silent: QuerySet[AgentJob], now: datetime) -> tuple[int, int]:
    requeued = lost = 0
    for job in silent.select_related("created_by").order_by("pk")[:BATCH]:
        state = _after_silence(job)
        if _take_back_one(job, state, now):
            requeued += state == State.QUEUED
            lost += state != State.QUEUED
    return requeued, lost


def _after_silence(job: AgentJob) -> str:
    if job.stop_requested:
        return State.STOPPED
    return State.QUEUED if job.attempt < MAX_ATTEMPTS else State.LOST


@transaction.atomic
def _take_back_one(job: AgentJob, state: str, now: datetime) -> bool:
    """Take a job from its worker unless it has been heard of since it was read."""
    finished_at = None if state == State.QUEUED else now
    won = _held(job).filter(heartbeat_at=job.heartbeat_at).update(state=state, finished_at=finished_at, pid=None)
    if won:
        _close_books(job)
        if state == State.QUEUED:
            _ring(job.job_id)
    return bool(won)


def _held(job: AgentJob) -> QuerySet[AgentJob]:
    return AgentJob.objects.filter(pk=job.pk, state=State.RUNNING, worker=job.worker, attempt=job.attempt)


def _close_books(job: AgentJob) -> None:
    """End what an attempt leaves behind: its keys, its agents, and runs that nobody executes any more."""
    now = timezone.now()
    ApiKey.objects.filter(user=job.created_by, name=_key_name(job), revoked_at=None).update(revoked_at=now)
    agents = Agent.objects.filter(job=job)
    agents.filter(state=Agent.State.ACTIVE).update(state=Agent.State.LOST, exit_reason="its job ended")
    runs_crash(runs=Run.objects.filter(agent__in=agents, state__in=Run.ACTIVE_STATES), now=now)


def _key_name(job: AgentJob) -> str:
    return f"agent job {job.job_id}"


def _tail(output: str) -> str:
    return output[-OUTPUT_CHARACTERS:].replace("\x00", "")


def _ring(job_id: str) -> None:
    """Send the message once the transaction holds; without a broker the reconciler rings later."""
    transaction.on_commit(
        lambda: app.send_task(RUN_AGENT_JOB, kwargs={"job_id": job_id}, expires=BELL_SECONDS), robust=True
    )
