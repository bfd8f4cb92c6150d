"""Analyses of a sweep: asked for by whoever looks at one, computed by a worker, kept until its runs have changed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from sweeps_app.analysis.encoding import encode_configs
from sweeps_app.analysis.importance import Importance, ImportanceRow, parameter_importance
from sweeps_app.config.celery import app
from sweeps_app.models import AnalysisResult, Run, Sweep
from sweeps_app.selectors.axes import parameter_axes

COMPUTE_IMPORTANCE = "sweeps_app.tasks.compute_importance"
# A request that is not answered by then is taken for lost: its message, or the worker.
LOST_AFTER = timedelta(seconds=60)
# After an answer that took t, the next request waits this many t, so that watching a sweep never fills a processor.
REST_FACTOR = 3
LONGEST_REST = timedelta(seconds=60)
# What a run was worth is not known before it has ended, nor where it broke off.
COUNTED_STATES = (Run.State.FINISHED, Run.State.STOPPED_EARLY, Run.State.KILLED)


@dataclass(frozen=True)
class ImportanceState:
    """The newest importance of a sweep's parameters, None before the first one is computed.

    `is_fresh` tells whether it has seen all runs that have ended; where it has not, a worker has been asked.
    """

    importance: Importance | None
    is_fresh: bool
    computed_at: datetime | None = None


def importance_of(*, sweep: Sweep) -> ImportanceState:
    """Return what is known of the importance of the sweep's parameters, and ask a worker where runs have changed.

    However many ask, one request is under way at a time; it is made again when no answer came within a minute.
    """
    cursor = _counted(sweep).order_by("-change").values_list("change", flat=True).first()
    if cursor is None:
        return ImportanceState(_computed([], [], sweep), is_fresh=True)
    known = _results(sweep).first()
    is_fresh = known is not None and known.cursor == cursor
    now = timezone.now()
    if not is_fresh and (known is None or _may_ask(known, now)):
        _ask(sweep, known, cursor, now)
    if known is None or known.computed_at is None:
        return ImportanceState(None, is_fresh=False)
    return ImportanceState(_from_json(known.result), is_fresh=is_fresh, computed_at=known.computed_at)


def importance_compute(*, sweep_id: int) -> None:
    """Compute and keep the parameter importance of a sweep, by its primary key, unless that is done already.

    Grows random forests: seconds of one processor with a thousand runs.
    """
    sweep = Sweep.objects.filter(pk=sweep_id).first()
    if sweep is None:
        return
    found = list(_counted(sweep).order_by("pk").values_list("change", "config", "objective"))
    cursor = max((change for change, _, _ in found), default=-1)
    known, _ = AnalysisResult.objects.get_or_create(sweep=sweep, kind=AnalysisResult.Kind.IMPORTANCE)
    if known.cursor == cursor:
        return
    importance = _computed([config for _, config, _ in found], [value for _, _, value in found], sweep)
    # A slower worker must not put its older answer over a newer one.
    AnalysisResult.objects.filter(Q(cursor=known.cursor) | Q(cursor__lt=cursor), pk=known.pk).update(
        cursor=cursor, computed_at=timezone.now(), result=asdict(importance)
    )


def _counted(sweep: Sweep) -> QuerySet[Run]:
    return Run.objects.filter(sweep=sweep, state__in=COUNTED_STATES, objective__isnull=False)


def _results(sweep: Sweep) -> QuerySet[AnalysisResult]:
    return AnalysisResult.objects.filter(sweep=sweep, kind=AnalysisResult.Kind.IMPORTANCE)


def _may_ask(known: AnalysisResult, now: datetime) -> bool:
    """Tell whether neither a request is under way nor the rest after the last answer."""
    if known.requested_at is None:
        return True
    if known.computed_at is None or known.cursor < known.requested_cursor:
        return known.requested_at < now - LOST_AFTER
    rest = min(REST_FACTOR * (known.computed_at - known.requested_at), LONGEST_REST)
    return now >= known.computed_at + rest


@transaction.atomic
def _ask(sweep: Sweep, known: AnalysisResult | None, cursor: int, now: datetime) -> None:
    """Note the request and send it, unless somebody else has done so since `known` was read."""
    if known is None:
        AnalysisResult.objects.get_or_create(sweep=sweep, kind=AnalysisResult.Kind.IMPORTANCE)
        unchanged = _results(sweep).filter(requested_at=None)
    else:
        unchanged = _results(sweep).filter(requested_cursor=known.requested_cursor, requested_at=known.requested_at)
    if unchanged.update(requested_cursor=cursor, requested_at=now):
        transaction.on_commit(lambda: _send(sweep), robust=True)


def _send(sweep: Sweep) -> None:
    app.send_task(COMPUTE_IMPORTANCE, kwargs={"sweep_id": sweep.pk}, expires=LOST_AFTER.total_seconds())


def _computed(configs: list[Mapping[str, Any]], values: list[float | None], sweep: Sweep) -> Importance:
    encoded = encode_configs(configs, parameter_axes(sweep.config))
    return parameter_importance(encoded, np.array(values, dtype=np.float64), seed=sweep.seed)


def _from_json(result: Mapping[str, Any]) -> Importance:
    return Importance(**(dict(result) | {"rows": tuple(ImportanceRow(**row) for row in result["rows"])}))
