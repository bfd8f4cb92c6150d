"""What a person finds on arriving: projects with their numbers, and the newest sweeps."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sweeps_app.models import Project, Run, Sweep


def projects_overview(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Return `projects` with `sweep_count`, `run_count`, `active_count` (runs under way) and `last_run_at`."""
    runs = Run.objects.filter(project=OuterRef("pk")).order_by()
    newest = Run.objects.filter(project=OuterRef("pk")).order_by("-pk")
    return projects.annotate(
        sweep_count=_count(Sweep.objects.filter(project=OuterRef("pk")).order_by()),
        run_count=_count(runs),
        active_count=_count(runs.filter(state__in=Run.ACTIVE_STATES)),
        last_run_at=Subquery(newest.values("created_at")[:1]),
    )


def _count(rows: QuerySet[Run] | QuerySet[Sweep]) -> Coalesce:
    """Return how many of `rows` belong to the project; a subquery each, since joining both would multiply them."""
    counted = rows.values("project").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
