"""The order in which charts show the parameters of a sweep."""

from collections.abc import Sequence

from sweeps_app.analysis.encoding import ParameterAxis
from sweeps_app.models import AnalysisResult, Sweep


def by_importance(sweep: Sweep, metric: str, axes: Sequence[ParameterAxis]) -> list[ParameterAxis]:
    """Return the axes with the most important for the metric first, as far as a worker has computed that yet."""
    kind = AnalysisResult.Kind.IMPORTANCE
    known = AnalysisResult.objects.filter(
        sweep=sweep, kind=kind, target=metric, selection_digest="", computed_at__isnull=False
    )
    rows = known.values_list("result__rows", flat=True).first() or ()
    ranks = {row["parameter"]: rank for rank, row in enumerate(rows)}
    return sorted(axes, key=lambda axis: ranks.get(axis.name, len(ranks)))
