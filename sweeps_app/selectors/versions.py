"""What a page shows has changed when its version has: one cheap query each, for polls and cache validators."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum

from sweeps_app.errors import NotFound
from sweeps_app.models import AnalysisResult, Project, Run, Sweep
from sweeps_app.models.compiled import CompiledQuery
from sweeps_app.selectors.fleet import AgentCounts, agent_counts


@dataclass(frozen=True)
class PageVersion:
    """Change numbers: of the sweep itself, of the newest change or deletion of a run of it.

    `importance` is when the newest of its analyses was computed, in microseconds since the epoch. Beside them how many
    agents it has, of which no change tells.
    """

    sweep: int
    runs: int
    importance: int
    agents: AgentCounts

    def __str__(self) -> str:
        return f"{self.sweep}.{self.runs}.{self.importance}.{self.agents}"


def sweep_page_version(sweep: Sweep, *, selection_digest: str = "") -> PageVersion:
    """Return the version of a sweep with its runs and analyses; raises `NotFound` where it was deleted.

    The analyses are those of all runs and, where named, those of a selection: others' selections are no news.
    """
    found = _PAGE.first(sweep=sweep.pk, selection=selection_digest)
    if found is None:
        raise NotFound(f"sweep '{sweep.sweep_id}' was deleted")
    change, deleted, runs, importance = found
    at = 0 if importance is None else _microseconds(importance)
    return PageVersion(change, max(runs or 0, deleted), at, agent_counts(sweep))


def _page(sweep: int, selection: str) -> QuerySet[Sweep, tuple[int, int, int | None, datetime | None]]:
    newest = Run.objects.filter(sweep=OuterRef("pk")).order_by("-change").values("change")[:1]
    of_these = Q(selection_digest="") | Q(selection_digest=selection)
    analysed = AnalysisResult.objects.filter(of_these, sweep=OuterRef("pk"), computed_at__isnull=False)
    computed = analysed.order_by("-computed_at").values("computed_at")[:1]
    living = Sweep.objects.filter(pk=sweep).order_by()
    return living.values_list("change", "run_deleted_change", Subquery(newest), Subquery(computed))


_PAGE = CompiledQuery(_page, integers="sweep", texts="selection")


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def projects_version(projects: QuerySet[Project]) -> str:
    """Return the version of several projects with all that is in them."""
    found = projects.order_by().aggregate(n=Count("pk"), newest=Max("pk"), changes=Sum("cursor"))
    return f"{found['n']}.{found['newest'] or 0}.{found['changes'] or 0}"
