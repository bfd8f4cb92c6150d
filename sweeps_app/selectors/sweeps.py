"""Sweeps as pages and the API show them: counts by state, the best run, in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from sweeps_app.models import Agent, Project, Run, Sweep, User
from sweeps_app.search.space import space_from_config
from sweeps_app.selectors.kept import Kept
from sweeps_app.selectors.versions import PageVersion

_BEST: Kept[int | None] = Kept(100_000, lambda _: 100)
FAILURES = (Run.State.FAILED, Run.State.CRASHED)


@dataclass(frozen=True)
class SweepFigures:
    """How many runs a sweep has in each state, and the best of those that finished or still run."""

    run_counts: dict[str, int] = field(default_factory=dict)
    best: Run | None = None

    @property
    def run_count(self) -> int:
        """All runs of the sweep."""
        return sum(self.run_counts.values())


def project_sweeps(project: Project) -> QuerySet[Sweep]:
    """Return the sweeps of a project, newest first."""
    return project.sweeps.select_related("project__entity", "created_by").order_by("-created_at", "-pk")


def visible_sweeps(user: User) -> QuerySet[Sweep]:
    """Return every sweep that `user` may see, newest first."""
    return (
        Sweep.objects.filter(project__entity__memberships__user=user)
        .select_related("project__entity", "created_by")
        .order_by("-created_at", "-pk")
    )


def sweep_figures(sweeps: Iterable[Sweep]) -> dict[int, SweepFigures]:
    """Return the figures of each sweep by primary key, in three queries at the most."""
    found = list(sweeps)
    counts: dict[int, dict[str, int]] = {sweep.pk: {} for sweep in found}
    grouped = Run.objects.filter(sweep__in=found).order_by().values_list("sweep_id", "state").annotate(n=Count("pk"))
    for pk, state, number in grouped:
        counts[pk][state] = number
    best = _best_runs(found)
    return {sweep.pk: SweepFigures(counts[sweep.pk], best.get(sweep.pk)) for sweep in found}


def best_run(sweep: Sweep) -> Run | None:
    """Return the run with the best finite objective, the earliest among equals; failed runs do not count."""
    return ranked_runs(sweep).first()


def ranked_runs(sweep: Sweep) -> QuerySet[Run]:
    """Return the runs with a finite objective, the best first; failed runs do not count."""
    return _candidates(sweep.runs.all(), sweep.metric_goal)


def best_runs(sweep: Sweep, count: int) -> list[Run]:
    """Return the runs with the best finite objectives, best first, none of a sweep without a metric."""
    return list(_candidates(sweep.runs.all(), sweep.metric_goal)[:count]) if sweep.metric_name else []


def best_run_pk(sweep: Sweep, version: PageVersion) -> int | None:
    """Return the primary key of the best run of a version of the sweep that was read before."""
    key = (sweep.pk, version.sweep, version.runs)
    return _BEST.get(key, lambda: next((run.pk for run in best_runs(sweep, 1)), None))


def expected_runs(sweep: Sweep) -> int | None:
    """Return how many runs the sweep will have at the most: its cap or its grid, None where neither bounds it."""
    size = space_from_config(sweep.config).grid_size() if sweep.method == "grid" else None
    if size is not None:
        size *= int(sweep.config.get("repeats", 1))
    bounds = [bound for bound in (size, sweep.run_cap) if bound is not None]
    return min(bounds) if bounds else None


def runs_are_active(sweep: Sweep) -> bool:
    """Tell whether a run of the sweep is under way or waits."""
    return Run.objects.filter(sweep=sweep, state__in=Run.ACTIVE_STATES).exists()


def active_agents(sweep: Sweep) -> int:
    """Return how many agents of the sweep have been heard of lately."""
    return sweep.agents.filter(state=Agent.State.ACTIVE).count()


def parameter_paths(sweep: Sweep) -> dict[str, tuple[str, ...]]:
    """Return the path of each parameter in a run's config by dotted name; names themselves may hold dots."""
    return {parameter.name: parameter.path for parameter in space_from_config(sweep.config).parameters}


def _candidates(runs: QuerySet[Run], goal: str) -> QuerySet[Run]:
    best_first = F("objective").desc() if goal == "maximize" else F("objective").asc()
    return runs.filter(objective__isnull=False).exclude(state__in=FAILURES).order_by(best_first, "pk")


def _best_runs(sweeps: list[Sweep]) -> dict[int, Run]:
    """Return the best run by sweep; the index on (sweep, objective) makes each sweep's first one a look-up."""
    best: dict[int, Run] = {}
    for goal in ("minimize", "maximize"):
        measured = [sweep.pk for sweep in sweeps if sweep.metric_name and sweep.metric_goal == goal]
        if measured:
            first = _candidates(Run.objects.filter(sweep=OuterRef("pk")), goal).values("pk")[:1]
            firsts = Sweep.objects.filter(pk__in=measured).order_by().values_list(Subquery(first))
            best |= {run.sweep_id: run for run in Run.objects.filter(pk__in=firsts) if run.sweep_id is not None}
    return best


def target_is_reached(sweep: Sweep) -> bool:
    """Tell whether a run, ended or not, has come to the target that the sweep's metric names."""
    target = (sweep.config.get("metric") or {}).get("target")
    if target is None:
        return False
    reached = Q(objective__gte=target) if sweep.metric_goal == "maximize" else Q(objective__lte=target)
    return sweep.runs.filter(reached).exclude(state__in=FAILURES).exists()
