"""Analyses of a sweep: asked for by whoever looks at one, computed by a worker, kept until its runs have changed."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from sweeps_app.analysis.features import encode_configs
from sweeps_app.analysis.importance import MIN_RUNS, parameter_importance
from sweeps_app.analysis.results import Importance, importance_from_json
from sweeps_app.config.celery import app
from sweeps_app.errors import InvalidInput
from sweeps_app.models import AnalysisResult, Run, Sweep
from sweeps_app.query.selection import NOTHING_SELECTED, Selection
from sweeps_app.selectors.analysed_runs import analysed_runs, analysis_cursor, are_fewer, target_names
from sweeps_app.selectors.axes import fixed_parameters, parameter_axes
from sweeps_app.selectors.run_selected import selected_runs, selection_named
from sweeps_app.selectors.trials import metric_names_of

COMPUTE_IMPORTANCE = "sweeps_app.tasks.compute_importance"
# A request that is not answered by then is taken for lost: its message, or the worker.
LOST_AFTER = timedelta(seconds=60)
# After an answer that took t, the next request waits this many t, so that watching a sweep never fills a processor.
REST_FACTOR = 3
LONGEST_REST = timedelta(seconds=60)
# Of selections so many are kept for each sweep, and so many computed at a time: each brush makes another one.
MAX_SELECTIONS = 30
MAX_UNDER_WAY = 2
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


def importance_of(*, sweep: Sweep, target: str = "", selection: Selection = NOTHING_SELECTED) -> ImportanceState:
    """Return what is known of the importance of the sweep's parameters for a metric, by default the one it pursues.

    It is that among the selected runs. Asks a worker where runs have changed. However many ask, one request is under
    way at a time, and two for all selections of a sweep; it is made again when no answer came within a minute. Raises
    `InvalidInput` for a metric that no run has, and for a selection by a column that does not exist.
    """
    metric = _checked_target(sweep, target)
    cursor = analysis_cursor(sweep)
    if not metric:
        return ImportanceState(Importance((), 0, None, _NO_METRIC), is_fresh=True)
    if cursor is None:
        return ImportanceState(_computed(sweep, metric, selection), is_fresh=True, target=metric)
    known = _results(sweep, metric, selection).first()
    is_fresh = known is not None and known.cursor == cursor
    now = timezone.now()
    if not is_fresh and (known is None or _may_ask(known, now, watched=len(metric_names_of(sweep.config)))):
        if selection and are_fewer(selected_runs(sweep, selection), MIN_RUNS):
            return ImportanceState(_computed(sweep, metric, selection), is_fresh=True, target=metric)
        if not selection or _has_room(sweep, now):
            _ask(sweep, metric, selection, known, cursor, now)
    if known is None or known.computed_at is None:
        return ImportanceState(None, is_fresh=False, target=metric)
    return ImportanceState(importance_from_json(known.result), is_fresh, known.computed_at, metric)


def importance_compute(*, sweep_id: int, target: str = "", selection: str = "") -> None:
    """Compute and keep the parameter importance of a sweep, by its primary key, unless that is done already.

    `selection` is the text of one, as addresses have it. Grows random forests: two seconds of one processor with ten
    thousand runs.
    """
    sweep = Sweep.objects.filter(pk=sweep_id).first()
    cursor = None if sweep is None else analysis_cursor(sweep)
    if sweep is None or cursor is None:
        return
    metric = target or _pursued(sweep)
    if not metric:
        return
    among = selection_named(selection)
    known = _result_made(sweep, metric, among)
    if known.cursor == cursor:
        return
    importance = _computed(sweep, metric, among)
    # A slower worker must not put its older answer over a newer one.
    AnalysisResult.objects.filter(Q(cursor=known.cursor) | Q(cursor__lt=cursor), pk=known.pk).update(
        cursor=cursor, computed_at=timezone.now(), result=asdict(importance)
    )


def _checked_target(sweep: Sweep, target: str) -> str:
    if not target or target in metric_names_of(sweep.config):
        return target or _pursued(sweep)
    names = target_names(sweep)
    if target not in names and not _results(sweep, target, NOTHING_SELECTED).exists():
        nearest = get_close_matches(target, names, n=1)
        hint = f"did you mean '{nearest[0]}'?" if nearest else f"there are {', '.join(names[:10]) or 'none so far'}"
        raise InvalidInput.of("metric", f"no run of the sweep has come to a number called '{target}': {hint}")
    return target


def _pursued(sweep: Sweep) -> str:
    """Return the first metric that the sweep pursues, or nothing."""
    return next(iter(metric_names_of(sweep.config)), "")


def _results(sweep: Sweep, target: str, selection: Selection) -> QuerySet[AnalysisResult]:
    return AnalysisResult.objects.filter(**_identity(sweep, target, selection))


def _result_made(sweep: Sweep, target: str, selection: Selection) -> AnalysisResult:
    made, _ = AnalysisResult.objects.get_or_create(**_identity(sweep, target, selection))
    return made


def _identity(sweep: Sweep, target: str, selection: Selection) -> dict[str, Any]:
    kind = AnalysisResult.Kind.IMPORTANCE
    return {"sweep": sweep, "kind": kind, "target": target, "selection_digest": selection.digest}


def _of_selections(sweep: Sweep) -> QuerySet[AnalysisResult]:
    return AnalysisResult.objects.filter(sweep=sweep).exclude(selection_digest="")


def _has_room(sweep: Sweep, now: datetime) -> bool:
    """Tell whether a further selection may be asked about, so that brushing never fills the workers."""
    asked = _of_selections(sweep).filter(requested_at__gte=now - LOST_AFTER, cursor__lt=F("requested_cursor"))
    return asked.count() < MAX_UNDER_WAY


def _forget_selections(sweep: Sweep) -> None:
    kept = list(_of_selections(sweep).order_by("-pk").values_list("pk", flat=True)[:MAX_SELECTIONS])
    if len(kept) == MAX_SELECTIONS:
        _of_selections(sweep).filter(pk__lt=kept[-1]).delete()


def _may_ask(known: AnalysisResult, now: datetime, *, watched: int) -> bool:
    """Tell whether neither a request is under way nor the rest after the last answer, which so many results share."""
    if known.requested_at is None:
        return True
    if known.computed_at is None or known.cursor < known.requested_cursor:
        return known.requested_at < now - LOST_AFTER
    rest = min(REST_FACTOR * max(watched, 1) * (known.computed_at - known.requested_at), LONGEST_REST)
    return now >= known.computed_at + rest


@transaction.atomic
def _ask(
    sweep: Sweep, target: str, selection: Selection, known: AnalysisResult | None, cursor: int, now: datetime
) -> None:
    """Note the request and send it, unless somebody else has done so since `known` was read."""
    results = _results(sweep, target, selection)
    if known is None:
        _result_made(sweep, target, selection)
        _forget_selections(sweep)
        unchanged = results.filter(requested_at=None)
    else:
        unchanged = results.filter(requested_cursor=known.requested_cursor, requested_at=known.requested_at)
    if unchanged.update(requested_cursor=cursor, requested_at=now):
        transaction.on_commit(lambda: _send(sweep, target, selection), robust=True)


def _send(sweep: Sweep, target: str, selection: Selection) -> None:
    asked = {"sweep_id": sweep.pk, "target": target} | ({"selection": str(selection)} if selection else {})
    app.send_task(COMPUTE_IMPORTANCE, kwargs=asked, expires=LOST_AFTER.total_seconds())


def _computed(sweep: Sweep, metric: str, selection: Selection) -> Importance:
    among: QuerySet[Run] | None = selected_runs(sweep, selection) if selection else None
    runs = analysed_runs(sweep, metric, among=among)
    encoded = encode_configs(runs.configs, parameter_axes(sweep.config), seed=sweep.seed)
    found = parameter_importance(encoded, np.array(runs.values, dtype=np.float64), seed=sweep.seed)
    return replace(
        found,
        notes=(
            *runs.counted.notes(),
            *found.notes,
            *_of_search(sweep, found),
            *_of_selection(sweep, metric, selection, found),
        ),
        constant=tuple(sorted((*fixed_parameters(sweep.config), *found.constant))),
    )


def _of_search(sweep: Sweep, found: Importance) -> tuple[str, ...]:
    if sweep.method not in _SEEKING_METHODS or not found.rows:
        return ()
    return (f"{sweep.method} has tried promising regions more often, and importance is that among the runs tried.",)


def _of_selection(sweep: Sweep, metric: str, selection: Selection, found: Importance) -> tuple[str, ...]:
    """Return what choosing runs by their result does to the ranking."""
    own = {f"{kind}.{metric}" for kind in ("summary", "last", "min", "max", "best")}
    own |= {"objective"} if metric == sweep.metric_name else set()
    if not found.rows or selection.keys.isdisjoint(own):
        return ()
    return (f"The runs were selected by {metric} itself: what made them alike in it counts for less here.",)
