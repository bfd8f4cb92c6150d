"""Sweeps as pages and the API show them: counts by state, the best run, in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import OrderBy

from sweeps_app.models import Agent, AgentJob, Project, Run, Sweep, User
from sweeps_app.search.space import space_from_config

_FAILURES = (Run.State.FAILED, Run.State.CRASHED)


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
    """Return the figures of each sweep by primary key: one query for the counts, one for each sweep's best run."""
    found = list(sweeps)
    counts: dict[int, dict[str, int]] = {sweep.pk: {} for sweep in found}
    grouped = Run.objects.filter(sweep__in=found).order_by().values_list("sweep_id", "state").annotate(n=Count("pk"))
    for pk, state, number in grouped:
        counts[pk][state] = number
    best = _best_runs(found)
    return {sweep.pk: SweepFigures(counts[sweep.pk], best.get(sweep.pk)) for sweep in found}


def best_run(sweep: Sweep) -> Run | None:
    """Return the run with the best finite objective, the earliest among equals; failed runs do not count."""
    return _candidates(sweep).first()


def expected_runs(sweep: Sweep) -> int | None:
    """Return how many runs the sweep will have at the most: its cap or its grid, None where neither bounds it."""
    size = space_from_config(sweep.config).grid_size() if sweep.method == "grid" else None
    if size is not None:
        size *= int(sweep.config.get("repeats", 1))
    bounds = [bound for bound in (size, sweep.run_cap) if bound is not None]
    return min(bounds) if bounds else None


def active_agents(sweep: Sweep) -> int:
    """Return how many agents of the sweep have been heard of lately."""
    return sweep.agents.filter(state=Agent.State.ACTIVE).count()


def sweep_jobs(sweep: Sweep) -> QuerySet[AgentJob]:
    """Return the agent jobs of a sweep, newest first."""
    return sweep.agent_jobs.select_related("sweep").order_by("-created_at", "-pk")


def parameter_paths(sweep: Sweep) -> dict[str, tuple[str, ...]]:
    """Return the path of each parameter in a run's config by dotted name; names themselves may hold dots."""
    return {parameter.name: parameter.path for parameter in space_from_config(sweep.config).parameters}


def _candidates(sweep: Sweep) -> QuerySet[Run]:
    return sweep.runs.filter(objective__isnull=False).exclude(state__in=_FAILURES).order_by(_direction(sweep), "pk")


def _direction(sweep: Sweep) -> OrderBy:
    return F("objective").desc() if sweep.metric_goal == "maximize" else F("objective").asc()


def _best_runs(sweeps: list[Sweep]) -> dict[int, Run]:
    """Return the best run by sweep; the index on (sweep, objective) makes each part of the union one look-up."""
    measured = [sweep for sweep in sweeps if sweep.metric_name]
    firsts = [_candidates(sweep).values_list("pk", flat=True)[:1] for sweep in measured]
    pks = [pk for part in firsts for pk in part]
    return {run.sweep_id: run for run in Run.objects.filter(pk__in=pks) if run.sweep_id is not None}


def target_is_reached(sweep: Sweep) -> bool:
    """Tell whether a run, ended or not, has come to the target that the sweep's metric names."""
    target = (sweep.config.get("metric") or {}).get("target")
    if target is None:
        return False
    reached = Q(objective__gte=target) if sweep.metric_goal == "maximize" else Q(objective__lte=target)
    return sweep.runs.filter(reached).exclude(state__in=_FAILURES).exists()
