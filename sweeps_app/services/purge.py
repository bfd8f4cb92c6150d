"""Remove what is deleted, in batches so small that neither writers nor memory notice.

Each step is a short transaction that begins with what is still there, so that a worker which dies leaves nothing to
repair; the reconciler asks for the rest. Several workers take different runs.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from sweeps_app.models import (
    Agent,
    AgentJob,
    AnalysisResult,
    ConsoleChunk,
    Deletion,
    HistoryChunk,
    JobConsoleChunk,
    Program,
    Project,
    Result,
    Run,
    RunAlert,
    RunAttempt,
    RunFile,
    RunMetric,
    RunRung,
    SavedView,
    ShareLink,
    StoppingDecision,
    Suggestion,
    Sweep,
    SweepVersion,
    SystemChunk,
    SystemMetric,
    WandbRun,
)
from sweeps_app.services.objects import objects_remove
from sweeps_app.services.space import space_give_back

SECONDS = 20.0
# Runs that one step looks at, and rows that it removes of each table: small rows many, chunks of a megabyte few.
RUNS = 20
RUN_PARTS: tuple[tuple[type[Model], int], ...] = (
    (RunAttempt, 200),
    (WandbRun, 200),
    (RunAlert, 200),
    (StoppingDecision, 1000),
    (RunRung, 1000),
    (RunMetric, 200),
    (SystemMetric, 200),
    (SystemChunk, 40),
    (ConsoleChunk, 40),
    (HistoryChunk, 40),
)
FILES = 50
# In this order: what is named by others goes after them.
SWEEP_PARTS: tuple[tuple[type[Model], int], ...] = (
    (AnalysisResult, 1000),
    (StoppingDecision, 1000),
    (RunRung, 1000),
    (Result, 1000),
    (Suggestion, 500),
    (SweepVersion, 500),
    (SavedView, 500),
    (ShareLink, 500),
    (Agent, 500),
)
PROJECT_PARTS: tuple[tuple[type[Model], int], ...] = ((Deletion, 1000), (Program, 1000), (SavedView, 500))


@dataclass(frozen=True)
class Purged:
    """How many rows a pass has removed, how many bytes it gave back, and whether there may be more of either."""

    rows: int
    space: int
    more: bool


def purge_is_due() -> bool:
    """Tell whether something that is deleted is still there."""
    return (
        Run.everything.filter(deleted_at__isnull=False).exists()
        or _deleted_sweeps().exists()
        or Project.everything.filter(pk__in=_deleted_projects()).exists()
    )


def purge(*, seconds: float = SECONDS) -> Purged:
    """Remove what is deleted for about `seconds`, then give the space back; as much time is left to others between."""
    until, rows = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        began = time.monotonic()
        removed = purge_step()
        if not removed:
            space = space_give_back(seconds=until - began)
            return Purged(rows, space, more=space > 0 and time.monotonic() >= until)
        rows += removed
        time.sleep(time.monotonic() - began)
    return Purged(rows, 0, more=True)


def purge_step() -> int:
    """Remove a bounded number of rows, runs first; return how many, 0 where nothing is left that can go now."""
    return _runs_step() or _sweeps_step() or _projects_step()


@transaction.atomic
def _runs_step() -> int:
    pks = _some_runs()
    if not pks:
        return 0
    # From here on nobody finds them who would add to them: whoever was at it had the lock until now.
    Run.everything.filter(pk__in=pks, deleted_at=None).update(deleted_at=timezone.now())
    removed, is_done = _remove_parts(RUN_PARTS, Q(run__in=pks))
    if not is_done:
        return removed
    if files := dict(RunFile.objects.filter(run__in=pks).values_list("pk", "content")[:FILES]):
        transaction.on_commit(partial(objects_remove, list(files.values())), robust=True)
        return removed + _remove(RunFile.objects.filter(pk__in=files))
    Result.objects.filter(run__in=pks).update(run=None)
    return removed + _remove(Run.everything.filter(pk__in=pks))


@transaction.atomic
def _sweeps_step() -> int:
    sweeps = _deleted_sweeps().filter(~Exists(Run.everything.filter(sweep=OuterRef("pk"))))
    for sweep in sweeps.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:RUNS]:
        removed, is_done = _remove_parts(SWEEP_PARTS, Q(sweep=sweep))
        if not is_done:
            return removed
        if removed := removed + _remove_some(JobConsoleChunk.objects.filter(job__sweep=sweep), 40):
            return removed
        AgentJob.objects.filter(sweep=sweep).update(relaunch_of=None)
        # A job that runs still holds a key and graphics cards, which it gives back at its end.
        removed += _remove(AgentJob.objects.filter(sweep=sweep).exclude(state__in=AgentJob.ACTIVE_STATES))
        if not AgentJob.objects.filter(sweep=sweep).exists():
            removed += _remove(Sweep.everything.filter(pk=sweep.pk))
        if removed:
            return removed
    return 0


@transaction.atomic
def _projects_step() -> int:
    empty = Project.everything.filter(
        ~Exists(Run.everything.filter(project=OuterRef("pk"))),
        ~Exists(Sweep.everything.filter(project=OuterRef("pk"))),
        pk__in=_deleted_projects(),
    )
    for project in empty.select_for_update(skip_locked=True).order_by("pk")[:1]:
        removed, is_done = _remove_parts(PROJECT_PARTS, Q(project=project))
        return removed + (_remove(Project.everything.filter(pk=project.pk)) if is_done else 0)
    return 0


def _some_runs() -> list[int]:
    """Return a few runs under their locks: those deleted themselves, then those of deleted sweeps and projects."""
    deleted = Q(deleted_at__isnull=False)
    for where in (deleted, Q(sweep__in=_deleted_sweeps().values("pk")), Q(project__in=_deleted_projects())):
        found = (
            Run.everything.filter(where)
            .order_by()
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:RUNS]
        )
        if pks := list(found):
            return pks
    return []


def _deleted_projects() -> QuerySet[Project, Any]:
    """Return the primary keys of deleted projects, which those that are being imported are not."""
    deleted = Project.everything.filter(deleted_at__isnull=False)
    return deleted.exclude(import_until__gt=timezone.now()).values("pk")


def _deleted_sweeps() -> QuerySet[Sweep]:
    imported = Project.everything.filter(import_until__gt=timezone.now()).values("pk")
    deleted = Q(deleted_at__isnull=False) | Q(project__in=_deleted_projects())
    return Sweep.everything.filter(deleted).exclude(project__in=imported)


def _remove_parts(parts: Sequence[tuple[type[Model], int]], where: Q) -> tuple[int, bool]:
    """Remove rows of these tables until one has given its most; return how many, and whether all are gone."""
    removed = 0
    for model, most in parts:
        count = _remove_some(model._default_manager.filter(where), most)
        removed += count
        if count == most:
            return removed, False
    return removed, True


def _remove_some(rows: QuerySet[Any, Any], most: int) -> int:
    return _remove(rows.model._default_manager.filter(pk__in=rows.order_by().values("pk")[:most]))


def _remove(rows: QuerySet[Any, Any]) -> int:
    """Remove rows by one statement: nothing is loaded, and what names them has gone before."""
    return int(rows._raw_delete(DEFAULT_DB_ALIAS))
