"""What a page shows has changed when its version has: one cheap query each, for polls and cache validators."""

from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum

from sweeps_app.errors import NotFound
from sweeps_app.models import AnalysisResult, Project, Run, Sweep


@dataclass(frozen=True)
class PageVersion:
    """Change numbers: of the sweep itself, of the newest change to one of its runs, and of its analyses."""

    sweep: int
    runs: int
    importance: int

    def __str__(self) -> str:
        return f"{self.sweep}.{self.runs}.{self.importance}"


def sweep_page_version(sweep: Sweep) -> PageVersion:
    """Return the version of a sweep with its runs and analyses; raises `NotFound` where it was deleted."""
    newest = Run.objects.filter(sweep=OuterRef("pk")).order_by("-change").values("change")[:1]
    analysed = AnalysisResult.objects.filter(sweep=OuterRef("pk"), kind=AnalysisResult.Kind.IMPORTANCE)
    found = (
        Sweep.objects.filter(pk=sweep.pk)
        .values_list("change", Subquery(newest), Subquery(analysed.values("cursor")[:1]))
        .first()
    )
    if found is None:
        raise NotFound(f"sweep '{sweep.sweep_id}' was deleted")
    change, runs, importance = found
    return PageVersion(change, runs or 0, -1 if importance is None else importance)


def projects_version(projects: QuerySet[Project]) -> str:
    """Return the version of several projects with all that is in them."""
    found = projects.order_by().aggregate(n=Count("pk"), newest=Max("pk"), changes=Sum("cursor"))
    return f"{found['n']}.{found['newest'] or 0}.{found['changes'] or 0}"
