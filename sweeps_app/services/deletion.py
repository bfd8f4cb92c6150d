"""Delete runs, sweeps and projects: hidden at once by a short transaction, removed by a worker (`services/purge.py`).

Whoever still writes to them learns with the next request that they do not exist. Names and ids are free at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from sweeps_app.config.celery import app
from sweeps_app.errors import InvalidInput
from sweeps_app.models import AgentJob, Deletion, Project, Run, Sweep
from sweeps_app.services.jobs import jobs_stop
from sweeps_app.services.sweeps import sweep_settle

PURGE = "sweeps_app.tasks.purge"
BELL_SECONDS = 60
MAX_RUNS = 10_000
# How long a client that follows a project may be away without having to begin anew.
REMEMBERED = timedelta(days=30)
_PART = 500

Item = TypeVar("Item")


def run_delete(*, run: Run) -> bool:
    """Delete a run; return whether it was there. What its sweep's search has learned of it stays."""
    return bool(runs_delete(project=run.project, run_ids=[run.run_id]))


@transaction.atomic
def runs_delete(*, project: Project, run_ids: Sequence[str], ended_before: datetime | None = None) -> int:
    """Delete runs of a project by their ids and return how many there were; others are passed over.

    With `ended_before` those that have not ended before that moment are passed over, too. Raises `InvalidInput` for
    more than 10,000 ids.
    """
    if len(run_ids) > MAX_RUNS:
        raise InvalidInput.of("run_ids", f"has more than {MAX_RUNS:,} entries: send several requests")
    sweeps = _locked_sweeps(project, run_ids)
    found = [row for part in _parts(sorted(set(run_ids))) for row in _locked_runs(project, part, ended_before)]
    if not found:
        return 0
    change, now = Project.next_cursor(project.pk), timezone.now()
    for part in _parts([pk for pk, _, _ in found]):
        Run.everything.filter(pk__in=part).update(deleted_at=now, change=change)
    Deletion.objects.bulk_create(
        [Deletion(project=project, kind=Deletion.Kind.RUN, public_id=run_id, change=change) for _, run_id, _ in found],
        batch_size=_PART,
    )
    touched = {sweep_pk for _, _, sweep_pk in found}
    for sweep in sweeps:
        if sweep.pk in touched:
            sweep.change = sweep.run_deleted_change = change
            sweep.save(update_fields=["change", "run_deleted_change"])
            sweep_settle(sweep=sweep)
    purge_ring()
    return len(found)


@transaction.atomic
def sweep_delete(*, sweep: Sweep) -> None:
    """Delete a sweep with its runs, agents and all that its search knows; its agent jobs are told to stop.

    Raises `Sweep.DoesNotExist` where somebody else has deleted it.
    """
    jobs_stop(jobs=AgentJob.objects.filter(sweep=sweep))
    locked = Sweep.objects.select_for_update().get(pk=sweep.pk)
    locked.deleted_at = timezone.now()
    locked.change = Project.next_cursor(locked.project_id)
    locked.save(update_fields=["deleted_at", "change"])
    Deletion.objects.create(
        project_id=locked.project_id, kind=Deletion.Kind.SWEEP, public_id=locked.sweep_id, change=locked.change
    )
    purge_ring()


@transaction.atomic
def project_delete(*, project: Project) -> None:
    """Delete a project with everything in it; its agent jobs are told to stop.

    Raises `Project.DoesNotExist` where somebody else has deleted it.
    """
    jobs_stop(jobs=AgentJob.objects.filter(project=project))
    locked = Project.objects.select_for_update().get(pk=project.pk)
    locked.deleted_at = timezone.now()
    locked.save(update_fields=["deleted_at"])
    purge_ring()


def deletions_forget(*, now: datetime) -> int:
    """Forget deletions that are older than 30 days at `now`, and return how many: who was away longer begins anew."""
    old = Deletion.objects.filter(created_at__lt=now - REMEMBERED)
    newest = dict(old.order_by().values_list("project").annotate(newest=Max("change")))
    return sum(_forget(project_pk, change) for project_pk, change in newest.items())


def purge_ring() -> None:
    """Ask a worker to remove what is deleted once the transaction holds; without a broker the reconciler asks later."""
    transaction.on_commit(lambda: app.send_task(PURGE, expires=BELL_SECONDS), robust=True)


@transaction.atomic
def _forget(project_pk: int, change: int) -> int:
    project = Project.everything.select_for_update().get(pk=project_pk)
    project.oldest_cursor = max(project.oldest_cursor, change)
    project.save(update_fields=["oldest_cursor"])
    return Deletion.objects.filter(project=project, change__lte=change).delete()[0]


def _locked_sweeps(project: Project, run_ids: Sequence[str]) -> list[Sweep]:
    """Return the sweeps of runs under their locks, which come before those of the runs."""
    pks: set[int] = set()
    for ids in _parts(run_ids):
        runs = Run.objects.filter(project=project, run_id__in=ids).order_by()
        pks |= {pk for pk in runs.values_list("sweep_id", flat=True).distinct() if pk is not None}
    rows = Sweep.objects.select_for_update().order_by("pk")
    return [sweep for part in _parts(sorted(pks)) for sweep in rows.filter(pk__in=part)]


def _locked_runs(
    project: Project, run_ids: Sequence[str], ended_before: datetime | None
) -> list[tuple[int, str, int | None]]:
    rows = Run.objects.select_for_update().filter(project=project, run_id__in=run_ids).order_by("pk")
    if ended_before is not None:
        rows = rows.filter(finished_at__lt=ended_before)
    return list(rows.values_list("pk", "run_id", "sweep_id"))


def _parts(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[start : start + _PART] for start in range(0, len(items), _PART)]
