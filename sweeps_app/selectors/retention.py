"""Which runs are older than their project keeps them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.db.models.lookups import IContains

from sweeps_app.models import Project, Run, Sweep

KEEP_TAG = "keep"


@dataclass(frozen=True)
class RetentionForecast:
    """What an age limit means now: `due` runs go with the next pass, `kept` have the tag that keeps them.

    `next_at` is when the first of the others comes to its age, None where no other run has ended.
    """

    due: int
    kept: int
    next_at: datetime | None


def expired_runs(project: Project, before: datetime) -> QuerySet[Run]:
    """Return the runs of a project that ended before a moment, but for those with the tag "keep" (in any case)."""
    return _ended(project).filter(finished_at__lt=before).exclude(_is_kept())


def expired_sweeps(project: Project, before: datetime) -> QuerySet[Sweep]:
    """Return the sweeps of a project that ended before a moment and have no runs any more."""
    runs = Run.objects.filter(sweep=OuterRef("pk"))
    return Sweep.objects.filter(~Exists(runs), project=project, finished_at__lt=before)


def retention_forecast(project: Project, days: int, now: datetime) -> RetentionForecast:
    """Return what a limit of `days` would do to a project at `now`."""
    age = timedelta(days=days)
    ended = _ended(project)
    old = ended.filter(finished_at__lt=now - age)
    due = expired_runs(project, now - age).count()
    later = ended.filter(finished_at__gte=now - age).exclude(_is_kept())
    first = later.aggregate(first=Min("finished_at"))["first"]
    return RetentionForecast(due=due, kept=old.count() - due, next_at=first and first + age)


def _ended(project: Project) -> QuerySet[Run]:
    ended = Run.objects.filter(project=project, finished_at__isnull=False)
    return ended.exclude(state__in=Run.ACTIVE_STATES).order_by()


def _is_kept() -> IContains:
    """Tell whether a run has the tag; in the JSON text of a list only a text of its own stands in bare quotes."""
    return IContains(Cast("tags", TextField()), f'"{KEEP_TAG}"')
