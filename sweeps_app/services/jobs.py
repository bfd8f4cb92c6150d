"""Agent jobs: a row is the truth, a Celery message only says that there is something to claim.

Whoever has claimed a job writes to it only while the row still says so (`worker` and `attempt`): a worker that
was given up as dead cannot overwrite what its successor does. A job holds CPU slots of its worker and particular
graphics cards of its worker's machine for as long as it runs.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from sweeps_app.models import Agent, AgentJob, ApiKey, HeldGpu, Run, Worker
from sweeps_app.selectors.workers import live_workers, rooms
from sweeps_app.services.bell import EVERYONE, sweep_wake
from sweeps_app.services.job_bell import job_ring
from sweeps_app.services.job_changes import sweeps_touch
from sweeps_app.services.job_console import NOTHING, Printed, job_console_append
from sweeps_app.services.keys import key_create
from sweeps_app.services.locks import sweep_locked
from sweeps_app.services.reconcile import runs_crash

State = AgentJob.State
Order = Agent.Order

SILENCE = timedelta(seconds=30)
MAX_ATTEMPTS = 3
# It ends with the job: this only bounds what a forgotten one could do.
KEY_LIFETIME = timedelta(days=90)
# Bounds one pass; the next one takes the rest.
BATCH = 100
DRAINED = "drained"
MAX_REASON = 500


@dataclass(frozen=True)
class JobsReconciled:
    """How many silent jobs a pass has queued again, given up, and how many queued ones it has rung for."""

    requeued: int
    lost: int
    rung: int


def job_claim(*, job_id: str, worker: Worker, busy_gpus: Collection[str] = ()) -> AgentJob | None:
    """Make `worker` the one that runs the job, with slots and cards of its own; None where there is no room or no job.

    `busy_gpus` are cards that something still uses although no job holds them. Of two workers of one machine that want
    the same card at once one gets None, and may ask again.
    """
    try:
        with transaction.atomic():
            return _claim(job_id, worker, busy_gpus)
    except IntegrityError:  # the card went to another worker of the machine
        return None


def job_beat(*, job: AgentJob, output: Printed = NOTHING, pid: int | None = None) -> bool:
    """Note that the job is alive, with what it has printed; return whether it is to stop.

    It is to stop when that was asked for, and when the job has been given to somebody else.
    """
    values: dict[str, Any] = {"heartbeat_at": timezone.now()}
    if pid is not None:
        values["pid"] = pid
    with transaction.atomic():
        if not _held(job).update(**values):
            return True
        held = AgentJob.objects.get(pk=job.pk)
        job_console_append(job=held, printed=output)
    if held.drain_requested:
        _order_drain(held)
    return held.stop_requested


@transaction.atomic
def job_finish(*, job: AgentJob, exit_code: int | None, output: Printed = NOTHING, reason: str = "") -> bool:
    """End a job that its worker still holds; return False where it has been given to somebody else.

    Without an exit code it could not be started, for `reason`.
    """
    held = _held_row(job)
    if held is None:
        return False
    ended_well = State.FINISHED if exit_code == 0 else State.FAILED
    held.state = State.STOPPED if held.stop_requested else ended_well
    held.exit_code = exit_code
    held.reason = reason[:MAX_REASON] or (DRAINED if held.drain_requested and held.state == State.FINISHED else "")
    held.finished_at = timezone.now()
    _let_go(held, output)
    return True


@transaction.atomic
def job_release(*, job: AgentJob, output: Printed = NOTHING) -> bool:
    """Give a job back to the queue since its worker shuts down; this does not count as an attempt.

    One that was to be drained or stopped has ended by this.
    """
    held = _held_row(job)
    if held is None:
        return False
    _set_without_worker(held, timezone.now(), again=State.QUEUED)
    if held.state == State.QUEUED:
        held.attempt -= 1
    _let_go(held, output)
    return True


@transaction.atomic
def job_stop(*, job: AgentJob) -> AgentJob:
    """Stop a job: at once while it waits, by way of its worker while it runs. Repeating it changes nothing."""
    jobs_stop(jobs=AgentJob.objects.filter(pk=job.pk))
    sweeps_touch([job.sweep_id])
    job.refresh_from_db()
    return job


@transaction.atomic
def job_drain(*, job: AgentJob) -> AgentJob:
    """Let a job end once its agents have finished the runs that they have; one that waits ends at once.

    Repeating it changes nothing.
    """
    waiting = AgentJob.objects.filter(pk=job.pk, state=State.QUEUED)
    waiting.update(state=State.FINISHED, drain_requested=True, reason=DRAINED, finished_at=timezone.now())
    AgentJob.objects.filter(pk=job.pk, state=State.RUNNING).update(drain_requested=True)
    job.refresh_from_db()
    if job.state == State.RUNNING:
        _order_drain(job)
    sweeps_touch([job.sweep_id])
    return job


def jobs_stop(*, jobs: QuerySet[AgentJob]) -> None:
    """Stop many jobs as `job_stop` does, by two statements; the caller's transaction decides."""
    jobs.filter(state=State.QUEUED).update(state=State.STOPPED, stop_requested=True, finished_at=timezone.now())
    jobs.filter(state=State.RUNNING).update(stop_requested=True)


def job_key(*, job: AgentJob) -> str:
    """Make the API key by which the job's agent speaks for whoever launched it; it ends with the job."""
    _, secret = key_create(user=job.created_by, name=_key_name(job), expires_at=timezone.now() + KEY_LIFETIME)
    return secret


def jobs_reconcile(*, now: datetime, silence_counts: bool = True) -> JobsReconciled:
    """Queue silent jobs again, or give them up after `MAX_ATTEMPTS`, and ring for what waits in the queue.

    Without `silence_counts` all have been silent, for no fault of their own, and none is taken back.
    """
    silent = AgentJob.objects.filter(heartbeat_at__lt=now - SILENCE) if silence_counts else AgentJob.objects.none()
    requeued, lost = jobs_take_back(silent=silent, now=now)
    waiting = AgentJob.objects.filter(state=State.QUEUED).order_by("created_at", "pk")[:BATCH]
    for job in waiting.only("job_id", "queue"):
        job_ring(job)
    return JobsReconciled(requeued=requeued, lost=lost, rung=len(waiting))


def jobs_requeue_all(*, now: datetime) -> int:
    """Queue every running job again: for the moment before the only worker starts. Return how many."""
    return sum(jobs_take_back(silent=AgentJob.objects.all(), now=now))


def jobs_take_back(*, silent: QuerySet[AgentJob], now: datetime) -> tuple[int, int]:
    """Take running jobs from workers that are gone; return how many are queued again, and how many have ended."""
    requeued = lost = 0
    running = silent.filter(state=State.RUNNING).select_related("created_by").order_by("pk")
    for job in running[:BATCH]:
        if (state := _take_back_one(job, now)) is not None:
            requeued += state == State.QUEUED
            lost += state != State.QUEUED
    return requeued, lost


def jobs_ring_next(*, worker: Worker) -> None:
    """Ring for the jobs that have waited longest and for which `worker` has room now."""
    for room in rooms(live_workers(timezone.now()).filter(pk=worker.pk)):
        slots, gpus = room.slots, len(room.gpus)
        waiting = AgentJob.objects.filter(state=State.QUEUED, queue__in=worker.queues).order_by("created_at", "pk")
        for job in waiting[:BATCH]:
            if job.slots <= slots and job.gpus <= gpus:
                slots, gpus = slots - job.slots, gpus - job.gpus
                job_ring(job)


def _claim(job_id: str, worker: Worker, busy_gpus: Collection[str]) -> AgentJob | None:
    """Claim under the lock of the worker's row, so that its slots are counted by one at a time."""
    Worker.objects.select_for_update().filter(pk=worker.pk).first()
    job = AgentJob.objects.select_related("registration").filter(job_id=job_id, state=State.QUEUED).first()
    room = next(iter(rooms(live_workers(timezone.now()).filter(pk=worker.pk))), None)
    if job is None or room is None or not room.fits(job):
        return None
    gpus = [gpu for gpu in room.gpus if gpu not in busy_gpus][: job.gpus]
    if len(gpus) < job.gpus:
        return None
    now = timezone.now()
    won = AgentJob.objects.filter(pk=job.pk, state=State.QUEUED).update(
        state=State.RUNNING,
        worker=worker,
        gpu_ids=gpus,
        commit=job.registration.commit if job.registration else "",
        attempt=F("attempt") + 1,
        started_at=now,
        heartbeat_at=now,
        exit_code=None,
        reason="",
    )
    if not won:
        return None
    HeldGpu.objects.bulk_create(HeldGpu(job=job, host=worker.host, gpu=gpu) for gpu in gpus)
    sweeps_touch([job.sweep_id])
    return AgentJob.objects.select_related(
        "sweep__project__entity", "project__entity", "created_by", "registration", "worker"
    ).get(pk=job.pk)


@transaction.atomic
def _take_back_one(job: AgentJob, now: datetime) -> str | None:
    """Take a job from its worker unless it has been heard of since it was read; return its state then."""
    held = _held(job).filter(heartbeat_at=job.heartbeat_at).select_for_update(of=("self",)).first()
    if held is None:
        return None
    is_last = held.attempt >= MAX_ATTEMPTS
    _set_without_worker(held, now, again=State.LOST if is_last else State.QUEUED)
    if held.state == State.LOST:
        held.reason = f"given up: {MAX_ATTEMPTS} workers in turn were lost while they ran it"
    _let_go(held, NOTHING)
    return held.state


def _set_without_worker(held: AgentJob, now: datetime, *, again: str) -> None:
    """Set what becomes of a job whose worker runs it no longer, `again` where nobody wants it to end."""
    held.state = again
    if held.stop_requested:
        held.state = State.STOPPED
    elif held.drain_requested:
        held.state, held.reason = State.FINISHED, DRAINED
    held.finished_at = None if held.state == State.QUEUED else now


def _let_go(held: AgentJob, output: Printed) -> None:
    """Store the end of an attempt: what it printed, and that it holds nothing any more."""
    job_console_append(job=held, printed=output)
    held.pid = None
    if held.state == State.QUEUED:
        held.heartbeat_at = None
    held.save()
    HeldGpu.objects.filter(job=held).delete()
    _close_books(held)
    sweeps_touch([held.sweep_id])
    if held.state == State.QUEUED:
        job_ring(held)


def _held(job: AgentJob) -> QuerySet[AgentJob]:
    return AgentJob.objects.filter(pk=job.pk, state=State.RUNNING, worker=job.worker_id, attempt=job.attempt)


def _held_row(job: AgentJob) -> AgentJob | None:
    """Return the job under its lock if its worker still holds it."""
    return _held(job).select_for_update(of=("self",)).first()


@transaction.atomic
def _order_drain(job: AgentJob) -> None:
    """Tell the job's agents, also those that have come since, to take no further run."""
    working = Agent.objects.filter(job=job, state=Agent.State.ACTIVE, order__in=(Order.NONE, Order.PAUSE))
    if working.update(order=Order.DRAIN) and (sweep := sweep_locked(job.sweep_id)) is not None:
        sweep_wake(sweep=sweep, count=EVERYONE)


def _close_books(job: AgentJob) -> None:
    """End what an attempt leaves behind: its keys, its agents, and runs that nobody executes any more."""
    now = timezone.now()
    ApiKey.objects.filter(user=job.created_by, name=_key_name(job), revoked_at=None).update(revoked_at=now)
    agents = Agent.objects.filter(job=job)
    agents.filter(state=Agent.State.ACTIVE).update(state=Agent.State.LOST, exit_reason="its job ended")
    held = Run.objects.filter(agent__in=agents, state__in=Run.ACTIVE_STATES, queued_at=None)
    runs_crash(runs=held, now=now)


def _key_name(job: AgentJob) -> str:
    return f"agent job {job.job_id}"
