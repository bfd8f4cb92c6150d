"""Celery's door: each task looks into the database and calls a service."""

import os
import socket
import threading
from typing import Any

from celery.signals import worker_ready
from django.conf import settings
from django.utils import timezone

from sweeps_app.config.celery import app
from sweeps_app.services.analysis import importance_compute
from sweeps_app.services.jobs import job_claim, jobs_reconcile, jobs_ring_next
from sweeps_app.services.prepare import suggestions_prepare
from sweeps_app.services.reconcile import reconcile as reconcile_runs
from sweeps_app.worker.execute import execute_job
from sweeps_app.worker.shutdown import is_shutting_down

_slots = threading.BoundedSemaphore(settings.WORKER_SLOTS)


@app.task
def run_agent_job(job_id: str) -> None:
    """Run an agent job if it still waits and this worker has a slot; it stays queued otherwise."""
    if is_shutting_down() or not _slots.acquire(blocking=False):
        return
    try:
        job = job_claim(job_id=job_id, worker=_worker_name())
        if job is not None:
            execute_job(job)
    finally:
        _slots.release()
    if job is not None and not is_shutting_down():
        jobs_ring_next()


@app.task
def reconcile() -> None:
    """Put right what silent runs, agents and workers have left behind."""
    now = timezone.now()
    jobs_reconcile(now=now)
    reconcile_runs(now=now)


@app.task
def compute_importance(sweep_id: int) -> None:
    """Compute the parameter importance of a sweep, by its primary key."""
    importance_compute(sweep_id=sweep_id)


@app.task
def prepare_suggestions(sweep_id: int) -> None:
    """Make suggestions ahead for a sweep, by its primary key."""
    suggestions_prepare(sweep_id=sweep_id)


def _worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


@worker_ready.connect
def _look_at_once(**_: Any) -> None:
    """Do not wait for the next beat after a start: jobs may be waiting."""
    app.send_task("sweeps_app.tasks.reconcile")
