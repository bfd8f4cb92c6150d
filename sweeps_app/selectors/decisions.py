"""What a sweep's search and its stopping rule have decided."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery

from sweeps_app.models import Run, RunRung, StoppingDecision, Suggestion, Sweep, SweepVersion


@dataclass(frozen=True)
class BandMark:
    """A band: what a run has to be worth there now, how many runs have reached it, and how many were stopped there."""

    band: int
    threshold: float
    reached: int
    stopped: int


def sweep_suggestions(sweep: Sweep) -> QuerySet[Suggestion]:
    """Return the suggestions of a sweep, newest first."""
    return sweep.suggestions.select_related("run").order_by("-number")


def sweep_versions(sweep: Sweep) -> QuerySet[SweepVersion]:
    """Return the versions of a sweep's configuration, newest first."""
    return sweep.versions.select_related("created_by").order_by("-number")


def sweep_decisions(sweep: Sweep) -> QuerySet[StoppingDecision]:
    """Return the decisions of a sweep's stopping rule, newest first."""
    return sweep.decisions.filter(run__deleted_at=None).select_related("run").order_by("-created_at", "-pk")


def run_decisions(run: Run) -> list[StoppingDecision]:
    """Return the decisions about one run, in the order of its values."""
    return list(run.decisions.select_related("run").order_by("iteration", "pk"))


def stopped_runs(sweep: Sweep) -> QuerySet[StoppingDecision]:
    """Return the decisions that stopped a run, newest first."""
    return sweep_decisions(sweep).filter(stop=True)


def band_marks(sweep: Sweep) -> list[BandMark]:
    """Return the bands of a sweep at which runs have met a threshold, ascending, with the newest threshold of each."""
    judged = sweep.decisions.filter(band__isnull=False, threshold__isnull=False)
    newest = judged.filter(pk=Subquery(judged.filter(band=OuterRef("band")).order_by("-pk").values("pk")[:1]))
    found = newest.values_list("band", "threshold")
    thresholds = {band: value for band, value in found if band is not None and value is not None}
    reached = dict(RunRung.objects.filter(sweep=sweep).order_by().values_list("band").annotate(n=Count("pk")))
    stopped = dict(judged.filter(stop=True).order_by().values_list("band").annotate(n=Count("pk")))
    return [
        BandMark(band, threshold, reached.get(band, 0), stopped.get(band, 0))
        for band, threshold in sorted(thresholds.items())
    ]
