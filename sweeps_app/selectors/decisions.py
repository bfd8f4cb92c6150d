"""What a sweep's search and its stopping rule have decided."""

from django.db.models import Count, OuterRef, QuerySet, Subquery

from sweeps_app.models import Run, RunRung, StoppingDecision, Suggestion, Sweep, SweepVersion


def sweep_suggestions(sweep: Sweep) -> QuerySet[Suggestion]:
    """Return the suggestions of a sweep, newest first."""
    return sweep.suggestions.select_related("run").order_by("-number")


def sweep_versions(sweep: Sweep) -> QuerySet[SweepVersion]:
    """Return the versions of a sweep's configuration, newest first."""
    return sweep.versions.select_related("created_by").order_by("-number")


def sweep_decisions(sweep: Sweep) -> QuerySet[StoppingDecision]:
    """Return the decisions of a sweep's stopping rule, newest first."""
    return sweep.decisions.select_related("run").order_by("-created_at", "-pk")


def run_decisions(run: Run) -> list[StoppingDecision]:
    """Return the decisions about one run, in the order of its values."""
    return list(run.decisions.select_related("run").order_by("iteration", "pk"))


def band_thresholds(sweep: Sweep) -> list[StoppingDecision]:
    """Return the newest decision at each band of a sweep, by band: the threshold that a run meets there now."""
    judged = sweep.decisions.filter(threshold__isnull=False)
    same_band = judged.filter(band=OuterRef("band")).order_by("-pk")
    newest = judged.filter(pk=Subquery(same_band.values("pk")[:1]))
    return list(newest.order_by("band"))


def rung_counts(sweep: Sweep) -> dict[int, int]:
    """Return how many runs have reached each band."""
    return dict(RunRung.objects.filter(sweep=sweep).order_by("band").values_list("band").annotate(n=Count("pk")))
