"""The runs of a sweep as an analysis of one metric sees them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from sweeps_app.analysis.counted import CountedRuns
from sweeps_app.columns.media import without_media
from sweeps_app.json_values import number_or_none
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.json_sql import JsonNumber
from sweeps_app.selectors.runs import state_counts
from sweeps_app.selectors.trials import metric_names_of

MAX_RUNS = 20_000
# What a run was worth is not known before it has ended, nor where it broke off.
_COUNTED = (Run.State.FINISHED, Run.State.STOPPED_EARLY, Run.State.KILLED)
_CUT_SHORT = (Run.State.STOPPED_EARLY, Run.State.KILLED)
_BROKEN = (Run.State.FAILED, Run.State.CRASHED, Run.State.PREEMPTED)
# Names are looked for in so many of the newest runs: runs of one sweep log the same metrics.
_LOOKED_AT = 20
_MAX_NAMES = 500


class AnalysedRuns(NamedTuple):
    """One entry a run that has ended in `configs` and `values`, which are None where it has no finite number."""

    configs: Sequence[Mapping[str, Any]]
    values: Sequence[float | None]
    counted: CountedRuns


def analysis_cursor(sweep: Sweep) -> int | None:
    """Return the number of the newest change that an analysis has to see, None before any run has ended."""
    ended = Run.objects.filter(sweep=sweep).filter(state__in=(*_COUNTED, *_BROKEN))
    newest = ended.order_by("-change").values_list("change", flat=True).first()
    return None if newest is None else max(newest, sweep.run_deleted_change)


def analysed_runs(sweep: Sweep, metric: str, *, among: QuerySet[Run] | None = None) -> AnalysedRuns:
    """Return the ended runs of a sweep, of those in `among`, with their values of `metric`.

    Hidden ones are left out; of more than 20,000 every so manieth is taken.
    """
    asked = Run.objects.filter(sweep=sweep) if among is None else among
    shown = asked.filter(is_hidden=False)
    counts = state_counts(shown)
    total = sum(counts.get(state, 0) for state in _COUNTED)
    runs = _part(shown, total, seed=sweep.seed).order_by("pk").annotate(value=_value(sweep, metric))
    found = list(runs.values_list("config", "value", "state"))
    values = [number_or_none(value) for _, value, _ in found]
    with_value = Counter(state for _, value, state in found if number_or_none(value) is not None)
    return AnalysedRuns(
        configs=[config for config, _, _ in found],
        values=values,
        counted=CountedRuns(
            ended=total,
            analysed=len(found),
            cut_short=sum(with_value[state] for state in _CUT_SHORT),
            without_value=values.count(None),
            broken=sum(counts.get(state, 0) for state in _BROKEN),
            hidden=asked.filter(is_hidden=True, state__in=(*_COUNTED, *_BROKEN)).count(),
        ),
    )


def are_fewer(runs: QuerySet[Run], count: int) -> bool:
    """Tell whether fewer than `count` of some runs can be analysed."""
    return runs.filter(is_hidden=False, state__in=_COUNTED).order_by()[:count].count() < count


def target_names(sweep: Sweep) -> list[str]:
    """Return what an analysis may be asked about: the metrics that the sweep pursues, then what else runs came to."""
    pursued = metric_names_of(sweep.config)
    newest = (
        Run.objects.filter(sweep=sweep)
        .filter(state__in=_COUNTED)
        .order_by("-pk")
        .values_list("summary", flat=True)[:_LOOKED_AT]
    )
    found = {
        name
        for summary in newest
        for name in without_media(summary)
        if number_or_none(summary[name]) is not None and not name.startswith("_") and '"' not in name
    }
    return [*pursued, *sorted(found - set(pursued))[:_MAX_NAMES]]


def _part(shown: QuerySet[Run], total: int, *, seed: int) -> QuerySet[Run]:
    runs = shown.filter(state__in=_COUNTED)
    every = -(-total // MAX_RUNS)
    return runs.annotate(part=F("pk") % every).filter(part=seed % every) if every > 1 else runs


def _value(sweep: Sweep, metric: str) -> F | JsonNumber:
    return F("objective") if metric == sweep.metric_name else JsonNumber("summary", (metric,))
