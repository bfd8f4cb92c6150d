"""Attempts: a run of a sweep that was lost, preempted, or is to be tried again waits at the head of the sweep's queue.

Whoever calls holds the locks of the sweep and of the run.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.utils import timezone

from sweeps_app.models import Project, Run, RunAttempt, Sweep, User
from sweeps_app.search.retry import RetryPolicy
from sweeps_app.selectors.access import SHOWN_WITH_RUN
from sweeps_app.services.bell import sweep_wake
from sweeps_app.services.results import result_record

Cause = Run.Cause

# What a sweep's policy counts; the others are nobody's fault.
_BAD_CAUSES = (Cause.LOST, Cause.FAILED)
_ENDING_FIELDS = ("state", "exit_code", "error", "started_at", "finished_at")
_QUEUED_FIELDS = ("queued_at", "requeue_cause", "stop_requested", "stop_reason", "heartbeat_at")


@dataclass(frozen=True)
class AttemptEnd:
    """How an attempt has ended, and why another one is to follow."""

    cause: str
    state: str
    at: datetime
    exit_code: int | None = None
    error: str = ""
    asked_by: User | None = None


def requeue_is_due(*, run: Run, sweep: Sweep | None, cause: str, exit_code: int | None = None) -> bool:
    """Tell whether the sweep makes another attempt at a run of which one has just ended.

    A run that was asked to stop is not tried again, unless it was only to leave its agent.
    """
    if sweep is None or run.suggestion_id is None or sweep.state not in Sweep.ACTIVE_STATES:
        return False
    if run.stop_requested and run.stop_reason != Run.StopReason.AGENT:
        return False
    if cause not in _BAD_CAUSES:
        return True
    return RetryPolicy.of(sweep.config).allows(exit_code=exit_code, earlier=_bad_attempts(run))


def requeue(*, run: Run, sweep: Sweep, end: AttemptEnd) -> None:
    """Note how the run's attempt has ended, let the run wait for an agent that makes the next one, and save it."""
    RunAttempt.objects.create(
        run=run,
        number=run.attempt,
        cause=end.cause,
        state=end.state,
        agent_id=run.agent_id,
        host=run.host,
        exit_code=end.exit_code,
        error=end.error,
        summary=run.summary,
        last_step=run.last_step,
        started_at=run.started_at,
        finished_at=end.at,
        asked_by=end.asked_by,
    )
    run.state, run.exit_code, run.error = Run.State.PENDING, None, ""
    run.started_at, run.finished_at = None, None
    run.queued_at, run.requeue_cause, run.heartbeat_at = timezone.now(), end.cause, None
    run.stop_requested, run.stop_reason = False, ""
    run.change = Project.next_cursor(run.project_id)
    run.save(update_fields=[*_ENDING_FIELDS, *_QUEUED_FIELDS, "change"])
    sweep_wake(sweep=sweep)


def queue_first(*, sweep: Sweep) -> Run | None:
    """Return the run that has waited longest for another attempt, with what an answer shows of it, under its lock."""
    rows = Run.everything.select_for_update(of=("self",)).select_related(*SHOWN_WITH_RUN)
    waiting = rows.filter(sweep=sweep, queued_at__isnull=False, deleted_at=None)
    return waiting.order_by("queued_at", "pk").first()


def queue_give_up(*, sweep: Sweep, run: Run | None = None) -> int:
    """End the runs that wait in the queue of a sweep, or one of them alone, as their last attempts ended.

    Return how many there were.
    """
    queued = sweep.runs.filter(queued_at__isnull=False)
    if run is not None:
        queued = queued.filter(pk=run.pk)
    waiting = list(queued.select_for_update(of=("self",)).order_by("pk"))
    if not waiting:
        return 0
    ended = {attempt.run_id: attempt for attempt in RunAttempt.objects.filter(run__in=waiting).order_by("number")}
    change = Project.next_cursor(sweep.project_id)
    for run in waiting:
        last = ended[run.pk]
        run.state, run.exit_code, run.error = last.state, last.exit_code, last.error
        run.started_at, run.finished_at = last.started_at, last.finished_at
        run.queued_at, run.change = None, change
        run.save(update_fields=[*_ENDING_FIELDS, "queued_at", "change"])
        last.delete()
        result_record(run=run, sweep=sweep)
    return len(waiting)


def _bad_attempts(run: Run) -> int:
    """Return how many attempts have ended badly since a person last asked for one, not counting those in quarantine."""
    if run.attempt == 1:
        return 0
    asked = run.attempts.filter(cause=Cause.RETRIED).aggregate(last=Max("number"))["last"] or 0
    bad = run.attempts.filter(cause__in=_BAD_CAUSES, number__gt=asked)
    return bad.filter(Q(agent=None) | Q(agent__quarantined_at=None)).count()
