"""What open pages are told of, for many at once: a mark for each subject, which differs when the page would, too.

A few queries for each kind of page, however many of them are open. What time alone changes on a page has no mark; the
page looks for that by itself.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from sweeps_app.models import Agent, AgentJob, AnalysisResult, Project, Run, Sweep

Subject = tuple[str, int | str]
# The kinds of pages, by the primary key of a user, a project (twice), a sweep, a run, a job; and of a session.
PERSON, PROJECT, FLEET, SWEEP, RUN, JOB, SESSION = "person", "project", "fleet", "sweep", "run", "job", "session"

_PART = 900
_ACTIVE = Q(state=Agent.State.ACTIVE)
Keys = Sequence[Any]


def marks(subjects: Sequence[Subject]) -> dict[Subject, str]:
    """Return the mark of each subject that there is; of what was deleted, or of a session that is over, none."""
    return {
        (topic, key): mark
        for topic, rows_of in _ROWS.items()
        for part in _parts([key for each, key in subjects if each == topic])
        for key, mark in _marks_of(rows_of(part))
    }


def marks_for_ever(subjects: Sequence[Subject]) -> dict[Subject, str]:
    """Return the marks, in a thread that asks again and again: a connection that was lost meanwhile is a new one."""
    close_old_connections()
    try:
        return marks(subjects)
    finally:
        close_old_connections()


def _marks_of(queries: Sequence[QuerySet[Any, Any]]) -> Iterator[tuple[Any, str]]:
    """Join what several queries say of the same keys, which come first in their rows; the first one knows them all."""
    first, *others = queries
    found = {row[0]: [str(value) for value in row[1:]] for row in first}
    for rows in others:
        for key, *values in rows:
            if key in found:
                found[key] += map(str, values)
    return ((key, ".".join(values)) for key, values in found.items())


def _persons(keys: Keys) -> list[QuerySet[Any, Any]]:
    mine = Project.objects.filter(entity__memberships__user__in=keys).order_by().values("entity__memberships__user")
    counted = mine.annotate(n=Count("pk"), newest=Max("pk"), changes=Sum("cursor"))
    return [counted.values_list("entity__memberships__user", "n", "newest", "changes")]


def _projects(keys: Keys) -> list[QuerySet[Any, Any]]:
    return [Project.objects.filter(pk__in=keys).order_by().values_list("pk", "cursor")]


def _fleets(keys: Keys) -> list[QuerySet[Any, Any]]:
    ordered = Count("pk", filter=_ACTIVE & ~Q(order=""))
    counted = _agents("sweep__project", keys).annotate(
        ordered=ordered, done=Sum("runs_done"), newest=Max("quarantined_at")
    )
    return [*_projects(keys), counted.values_list("sweep__project", "n", "active", "held", "ordered", "done", "newest")]


def _sweeps(keys: Keys) -> list[QuerySet[Any, Any]]:
    newest = Run.objects.filter(sweep=OuterRef("pk")).order_by("-change").values("change")[:1]
    analysed = AnalysisResult.objects.filter(sweep=OuterRef("pk"), selection_digest="", computed_at__isnull=False)
    computed = analysed.order_by("-computed_at").values("computed_at")[:1]
    rows = Sweep.objects.filter(pk__in=keys).order_by()
    free = Count("pk", filter=_ACTIVE & Q(order="", quarantined_at__isnull=True))
    agents = _agents("sweep", keys).annotate(free=free)
    return [
        rows.values_list("pk", "change", "run_deleted_change", Subquery(newest), Subquery(computed)),
        agents.values_list("sweep", "n", "active", "held", "free"),
    ]


def _runs(keys: Keys) -> list[QuerySet[Any, Any]]:
    return [Run.objects.filter(pk__in=keys).order_by().values_list("pk", "change", "console_lines", "system_rows")]


def _jobs(keys: Keys) -> list[QuerySet[Any, Any]]:
    fields = ("state", "attempt", "stop_requested", "drain_requested", "console_lines", "relaunched_as")
    newest = Run.objects.filter(agent__job__in=keys).order_by().values("agent__job").annotate(newest=Max("change"))
    return [
        AgentJob.objects.filter(pk__in=keys).order_by().values_list("pk", *fields),
        _agents("job", keys).values_list("job", "n", "active", "held"),
        newest.values_list("agent__job", "newest"),
    ]


def _sessions(keys: Keys) -> list[QuerySet[Any, Any]]:
    return [Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now()).order_by().values_list("pk")]


def _agents(field: str, keys: Keys) -> QuerySet[Any, Any]:
    held = Count("pk", filter=Q(quarantined_at__isnull=False))
    rows: QuerySet[Any, Any] = Agent.objects.filter(**{f"{field}__in": keys}).order_by().values(field)
    counted: QuerySet[Any, Any] = rows.annotate(n=Count("pk"), active=Count("pk", filter=_ACTIVE), held=held)
    return counted


def _parts(keys: Keys) -> list[Keys]:
    return [keys[start : start + _PART] for start in range(0, len(keys), _PART)]


_ROWS: dict[str, Callable[[Keys], list[QuerySet[Any, Any]]]] = {
    PERSON: _persons,
    PROJECT: _projects,
    FLEET: _fleets,
    SWEEP: _sweeps,
    RUN: _runs,
    JOB: _jobs,
    SESSION: _sessions,
}
