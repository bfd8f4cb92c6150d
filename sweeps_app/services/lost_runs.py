"""The end of an attempt whose process is gone."""

from datetime import datetime

from sweeps_app.models import Project, Run, Sweep
from sweeps_app.services.attempts import AttemptEnd, requeue, requeue_is_due
from sweeps_app.services.bell import prepare_ring
from sweeps_app.services.quarantine import quarantine_judge
from sweeps_app.services.results import result_record
from sweeps_app.services.runs import agent_count, ended_as

Cause, State = Run.Cause, Run.State
_SILENT = "Nothing was heard of it any more"


def lost_end(*, run: Run, sweep: Sweep | None, now: datetime, cause: str) -> None:
    """Let the run wait for another attempt where its sweep makes one, else end it; the caller holds their locks.

    One that was only handed out counts as not begun, one whose machine is being taken away as preempted.
    """
    if run.stop_reason == Run.StopReason.AGENT:
        cause = Cause.KILLED
    elif run.state == State.PREEMPTING:
        cause = Cause.PREEMPTED
    elif run.state == State.PENDING:
        cause = Cause.UNBEGUN
    state = _state(run, cause)
    agent_count(run, state)
    if sweep is not None and state == State.CRASHED and quarantine_judge(run=run, sweep=sweep, now=now):
        # Who was only silent may come back while the sweep tries lost runs again anyway.
        cause = cause if requeue_is_due(run=run, sweep=sweep, cause=cause) else Cause.QUARANTINE
    if requeue_is_due(run=run, sweep=sweep, cause=cause) and sweep is not None:
        requeue(run=run, sweep=sweep, end=AttemptEnd(cause, state, now, error=f"{_SILENT}."))
        return
    run.state, run.finished_at = state, now
    if state == State.CRASHED:
        run.error = f"{_SILENT} (attempt {run.attempt})." if run.attempt > 1 else f"{_SILENT}."
    run.change = Project.next_cursor(run.project_id)
    run.save(update_fields=["state", "finished_at", "error", "change"])
    if sweep is not None:
        result_record(run=run, sweep=sweep)
        prepare_ring(sweep=sweep)


def _state(run: Run, cause: str) -> str:
    if run.stop_requested:
        return ended_as(run, State.KILLED)
    return State.PREEMPTED if cause == Cause.PREEMPTED else State.CRASHED
