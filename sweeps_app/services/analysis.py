"""Analyses of a sweep: asked for by whoever looks at one, computed by a worker, kept until its runs have changed."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from sweeps_app.analysis.features import encode_configs
from sweeps_app.analysis.importance import parameter_importance
from sweeps_app.analysis.results import Importance, importance_from_json
from sweeps_app.config.celery import app
from sweeps_app.errors import InvalidInput
from sweeps_app.models import AnalysisResult, Sweep
from sweeps_app.selectors.analysed_runs import AnalysedRuns, analysed_runs, analysis_cursor, target_names
from sweeps_app.selectors.axes import fixed_parameters, parameter_axes
from sweeps_app.selectors.trials import metric_names_of

COMPUTE_IMPORTANCE = "sweeps_app.tasks.compute_importance"
# A request that is not answered by then is taken for lost: its message, or the worker.
LOST_AFTER = timedelta(seconds=60)
# After an answer that took t, the next request waits this many t, so that watching a sweep never fills a processor.
REST_FACTOR = 3
LONGEST_REST = timedelta(seconds=60)
_NO_METRIC = "The sweep names no metric: choose one that its runs have logged."
# These choose the runs that were promising, so that the others are rarely seen.
_SEEKING_METHODS = ("bayes", "tpe", "cmaes", "nsga2")


@dataclass(frozen=True)
class ImportanceState:
    """The newest importance of a sweep's parameters for the metric `target`, None before the first one is computed.

    `is_fresh` tells whether it has seen all runs that have ended; where it has not, a worker has been asked.
    """

    importance: Importance | None
    is_fresh: bool
    computed_at: datetime | None = None
    target: str = ""


def importance_of(*, sweep: Sweep, target: str = "") -> ImportanceState:
    """Return what is known of the importance of the sweep's parameters for a metric, by default the one it pursues.

    Asks a worker where runs have changed. However many ask, one request is under way at a time; it is made again when
    no answer came within a minute. Raises `InvalidInput` for a metric that no run has.
    """
    metric = _checked_target(sweep, target)
    cursor = analysis_cursor(sweep)
    if not metric:
        return ImportanceState(Importance((), 0, None, _NO_METRIC), is_fresh=True)
    if cursor is None:
        return ImportanceState(_computed(sweep, analysed_runs(sweep, metric)), is_fresh=True, target=metric)
    known = _results(sweep, metric).first()
    is_fresh = known is not None and known.cursor == cursor
    now = timezone.now()
    if not is_fresh and (known is None or _may_ask(known, now, watched=len(metric_names_of(sweep.config)))):
        _ask(sweep, metric, known, cursor, now)
    if known is None or known.computed_at is None:
        return ImportanceState(None, is_fresh=False, target=metric)
    return ImportanceState(importance_from_json(known.result), is_fresh, known.computed_at, metric)


def importance_compute(*, sweep_id: int, target: str = "") -> None:
    """Compute and keep the parameter importance of a sweep, by its primary key, unless that is done already.

    Grows random forests: two seconds of one processor with ten thousand runs.
    """
    sweep = Sweep.objects.filter(pk=sweep_id).first()
    cursor = None if sweep is None else analysis_cursor(sweep)
    if sweep is None or cursor is None:
        return
    metric = target or _pursued(sweep)
    if not metric:
        return
    known, _ = AnalysisResult.objects.get_or_create(sweep=sweep, kind=AnalysisResult.Kind.IMPORTANCE, target=metric)
    if known.cursor == cursor:
        return
    importance = _computed(sweep, analysed_runs(sweep, metric))
    # A slower worker must not put its older answer over a newer one.
    AnalysisResult.objects.filter(Q(cursor=known.cursor) | Q(cursor__lt=cursor), pk=known.pk).update(
        cursor=cursor, computed_at=timezone.now(), result=asdict(importance)
    )


def _checked_target(sweep: Sweep, target: str) -> str:
    if not target or target in metric_names_of(sweep.config):
        return target or _pursued(sweep)
    names = target_names(sweep)
    if target not in names and not _results(sweep, target).exists():
        nearest = get_close_matches(target, names, n=1)
        hint = f"did you mean '{nearest[0]}'?" if nearest else f"there are {', '.join(names[:10]) or 'none so far'}"
        raise InvalidInput.of("metric", f"no run of the sweep has come to a number called '{target}': {hint}")
    return target


def _pursued(sweep: Sweep) -> str:
    """Return the first metric that the sweep pursues, or nothing."""
    return next(iter(metric_names_of(sweep.config)), "")


def _results(sweep: Sweep, target: str) -> QuerySet[AnalysisResult]:
    return AnalysisResult.objects.filter(sweep=sweep, kind=AnalysisResult.Kind.IMPORTANCE, target=target)


def _may_ask(known: AnalysisResult, now: datetime, *, watched: int) -> bool:
    """Tell whether neither a request is under way nor the rest after the last answer, which so many results share."""
    if known.requested_at is None:
        return True
    if known.computed_at is None or known.cursor < known.requested_cursor:
        return known.requested_at < now - LOST_AFTER
    rest = min(REST_FACTOR * max(watched, 1) * (known.computed_at - known.requested_at), LONGEST_REST)
    return now >= known.computed_at + rest


@transaction.atomic
def _ask(sweep: Sweep, target: str, known: AnalysisResult | None, cursor: int, now: datetime) -> None:
    """Note the request and send it, unless somebody else has done so since `known` was read."""
    results = _results(sweep, target)
    if known is None:
        AnalysisResult.objects.get_or_create(sweep=sweep, kind=AnalysisResult.Kind.IMPORTANCE, target=target)
        unchanged = results.filter(requested_at=None)
    else:
        unchanged = results.filter(requested_cursor=known.requested_cursor, requested_at=known.requested_at)
    if unchanged.update(requested_cursor=cursor, requested_at=now):
        transaction.on_commit(lambda: _send(sweep, target), robust=True)


def _send(sweep: Sweep, target: str) -> None:
    expires = LOST_AFTER.total_seconds()
    app.send_task(COMPUTE_IMPORTANCE, kwargs={"sweep_id": sweep.pk, "target": target}, expires=expires)


def _computed(sweep: Sweep, runs: AnalysedRuns) -> Importance:
    encoded = encode_configs(runs.configs, parameter_axes(sweep.config), seed=sweep.seed)
    found = parameter_importance(encoded, np.array(runs.values, dtype=np.float64), seed=sweep.seed)
    return replace(
        found,
        notes=(*runs.counted.notes(), *found.notes, *_of_search(sweep, found)),
        constant=tuple(sorted((*fixed_parameters(sweep.config), *found.constant))),
    )


def _of_search(sweep: Sweep, found: Importance) -> tuple[str, ...]:
    if sweep.method not in _SEEKING_METHODS or not found.rows:
        return ()
    return (f"{sweep.method} has tried promising regions more often, and importance is that among the runs tried.",)
