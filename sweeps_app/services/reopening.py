"""Runs that have ended and whose client goes on with them, or begins them anew."""

from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import NotFound
from sweeps_app.models import ConsoleChunk, Project, Run, SystemChunk, SystemMetric
from sweeps_app.services.history_clear import history_clear
from sweeps_app.services.runs import sweep_lock
from sweeps_app.services.sweeps import sweep_reopen


@transaction.atomic
def run_reopen(*, run: Run, anew: bool) -> Run:
    """Let a run in any state be running again, and return it as stored.

    With `anew` nothing stays of what it has logged, printed and measured, as of a run that is started for the first
    time; files stay until others take their places. Raises `NotFound` where it has been deleted meanwhile.
    """
    sweep = sweep_lock(run)
    locked = Run.objects.select_for_update(of=("self",)).filter(pk=run.pk).first()
    if locked is None:
        raise NotFound(f"run '{run.run_id}' has been deleted meanwhile")
    if sweep is not None:
        sweep_reopen(sweep=sweep)
    locked.state, locked.exit_code, locked.error, locked.finished_at = Run.State.RUNNING, None, "", None
    locked.stop_requested, locked.stop_reason, locked.queued_at = False, "", None
    locked.heartbeat_at = timezone.now()
    locked.started_at = locked.heartbeat_at if anew else locked.started_at or locked.heartbeat_at
    if anew:
        _clear(locked)
    locked.change = Project.next_cursor(locked.project_id)
    locked.save()
    return locked


def _clear(run: Run) -> None:
    history_clear(run=run)
    for rows in (SystemChunk, SystemMetric, ConsoleChunk):
        rows.objects.filter(run=run).delete()
    run.system_rows = run.console_lines = 0
