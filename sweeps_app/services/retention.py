"""Age limits: runs that ended longer ago than their project keeps them are deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sweeps_app.models import Project, Sweep
from sweeps_app.selectors.retention import expired_runs, expired_sweeps
from sweeps_app.services.deletion import runs_delete, sweep_delete

# Runs that one transaction deletes.
BATCH = 500


@dataclass(frozen=True)
class Expired:
    """How many runs and sweeps a pass has deleted."""

    runs: int
    sweeps: int


def retention_apply(*, now: datetime) -> Expired:
    """Delete what is older at `now` than its project keeps it: runs, then ended sweeps that are left without any."""
    runs = sweeps = 0
    for project in Project.objects.filter(retention_days__isnull=False).order_by("pk"):
        before = now - timedelta(days=project.retention_days or 0)
        runs += _delete_runs(project, before)
        sweeps += _delete_sweeps(project, before)
    return Expired(runs, sweeps)


def _delete_runs(project: Project, before: datetime) -> int:
    deleted = 0
    while ids := list(expired_runs(project, before).values_list("run_id", flat=True)[:BATCH]):
        # Fewer where a client has just brought a crashed run back to life; the next pass looks again.
        found = runs_delete(project=project, run_ids=ids, ended_before=before)
        deleted += found
        if not found:
            break
    return deleted


def _delete_sweeps(project: Project, before: datetime) -> int:
    deleted = 0
    for sweep in expired_sweeps(project, before):
        try:
            sweep_delete(sweep=sweep)
        except Sweep.DoesNotExist:
            continue
        deleted += 1
    return deleted
