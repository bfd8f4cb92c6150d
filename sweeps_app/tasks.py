"""Celery's door: each task looks into the database and calls a service."""

import threading
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.utils import timezone

from sweeps_app.config.celery import app
from sweeps_app.services.analysis import importance_compute
from sweeps_app.services.deletion import deletions_forget, purge_ring
from sweeps_app.services.jobs import job_claim, jobs_reconcile, jobs_ring_next
from sweeps_app.services.merge import chunks_merge
from sweeps_app.services.objects import objects_tidy
from sweeps_app.services.prepare import suggestions_prepare
from sweeps_app.services.purge import purge as purge_deleted
from sweeps_app.services.purge import purge_is_due
from sweeps_app.services.reconcile import reconcile as reconcile_runs
from sweeps_app.services.reconcile import silence_is_theirs
from sweeps_app.services.retention import retention_apply
from sweeps_app.services.space import space_give_back
from sweeps_app.services.workers import workers_reconcile, workers_silence_is_theirs
from sweeps_app.worker.execute import execute_job
from sweeps_app.worker.marks import gpus_in_use
from sweeps_app.worker.presence import arrive, leave, this_worker
from sweeps_app.worker.shutdown import is_shutting_down

_purging = threading.Lock()
# Merging is to be over before the next beat asks for it.
SPACE_SECONDS = 1.5


@app.task
def run_agent_job(job_id: str) -> None:
    """Run an agent job if it still waits and this worker has room for it; it stays queued otherwise."""
    worker = this_worker()
    if worker is None or is_shutting_down():
        return
    busy = gpus_in_use() if worker.gpus else set()
    job = job_claim(job_id=job_id, worker=worker, busy_gpus=busy)
    if job is None:
        return
    execute_job(job)
    if not is_shutting_down():
        jobs_ring_next(worker=worker)


@app.task
def reconcile() -> None:
    """Put right what silent runs, agents and workers have left behind."""
    now = timezone.now()
    are_workers_watched = workers_silence_is_theirs(now)
    if are_workers_watched:
        workers_reconcile(now=now)
    jobs_reconcile(now=now, silence_counts=are_workers_watched)
    if silence_is_theirs(now):
        reconcile_runs(now=now)
    if purge_is_due() and not _purging.locked():
        purge_ring()


@app.task
def purge() -> None:
    """Remove what is deleted, a part at a time, unless this process is at it already."""
    if not _purging.acquire(blocking=False):
        return
    try:
        purged = purge_deleted()
    finally:
        _purging.release()
    if purged.more:
        purge_ring()


@app.task
def retain() -> None:
    """Delete what is too old to be kept, and forget deletions that every client has heard of."""
    now = timezone.now()
    retention_apply(now=now)
    deletions_forget(now=now)


@app.task
def merge_chunks() -> None:
    """Merge what runs have logged in many small batches, and give back the space that these took."""
    if chunks_merge():
        space_give_back(seconds=SPACE_SECONDS)


@app.task
def tidy_files() -> None:
    """Remove what uploads that did not end have left in the storage of files."""
    objects_tidy(now=timezone.now())


@app.task
def compute_importance(sweep_id: int, target: str = "", selection: str = "") -> None:
    """Compute the parameter importance of a sweep, by its primary key, for a metric, over all runs or selected ones."""
    importance_compute(sweep_id=sweep_id, target=target, selection=selection)


@app.task
def prepare_suggestions(sweep_id: int) -> None:
    """Make suggestions ahead for a sweep, by its primary key."""
    suggestions_prepare(sweep_id=sweep_id)


@worker_ready.connect
def _begin(sender: Any, **_: Any) -> None:
    """Say that this worker is there, and do not wait for the next beat: jobs may be waiting."""
    queues = [name for name in app.amqp.queues.consume_from if name != app.conf.task_default_queue]
    arrive(sender.hostname, queues)
    app.send_task("sweeps_app.tasks.reconcile")


@worker_shutdown.connect
def _end(**_: Any) -> None:
    leave()
