"""Runs that something comes in for, and what such a sign of life does to them."""

from datetime import datetime

from sweeps_app.errors import NotFound, StaleAttempt
from sweeps_app.models import Run, RunAttempt

REVIVED = ("state", "started_at", "finished_at", "queued_at")
_READ = (*REVIVED, "attempt", "requeue_cause")


def run_locked(run: Run, *fields: str) -> Run:
    """Return a run, of which `fields` alone are loaded, under its lock.

    Raises `NotFound` where it has been deleted, and `StaleAttempt` where it has been given to somebody else since `run`
    was read.
    """
    rows = Run.everything.select_for_update(of=("self",)).only(*_READ, *fields)
    locked = rows.filter(pk=run.pk, deleted_at=None).order_by().first()
    if locked is None:
        raise NotFound("the run has been deleted meanwhile")
    check_attempt(run, locked)
    return locked


def check_attempt(run: Run, locked: Run) -> None:
    """Raise `StaleAttempt` where the run has come to another attempt since `run` was read."""
    if run.attempt != locked.attempt:
        raise StaleAttempt(run.attempt, locked.attempt)


def revive(run: Run, now: datetime) -> bool:
    """Set a run that was only handed out, or given up by the server alone, to running; tell whether it was such a one.

    The caller holds the run's lock and saves the fields `REVIVED`.
    """
    if run.queued_at is not None:
        if run.requeue_cause not in Run.PRESUMED_CAUSES:
            return False
        last = RunAttempt.objects.get(run=run.pk, number=run.attempt)
        run.queued_at, run.started_at = None, last.started_at
        last.delete()
    elif run.state not in (Run.State.PENDING, Run.State.CRASHED):
        return False
    run.state = Run.State.RUNNING
    run.started_at = run.started_at or now
    run.finished_at = None
    return True
