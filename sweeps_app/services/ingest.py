"""Metrics come in: each row of a run is stored once, however often it is sent."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from sweeps_app.columns.codec import encode
from sweeps_app.columns.rows import MAX_METRICS, RowError, last_values, parse_rows
from sweeps_app.columns.series import Series
from sweeps_app.columns.stats import MetricStats
from sweeps_app.columns.table import Columns
from sweeps_app.errors import InvalidInput, OffsetGap
from sweeps_app.json_values import storable
from sweeps_app.models import HistoryChunk, Project, Run, RunMetric
from sweeps_app.services.stopping import stopping_judge
from sweeps_app.services.summary import apply_logged, apply_summary

MAX_ROWS = 10_000
_STATS = ("count", "last", "last_step", "minimum", "maximum")


@dataclass(frozen=True)
class Appended:
    """How many rows of the run are stored now, and whether the run is to stop."""

    rows: int
    stop: bool


@transaction.atomic
def history_append(
    *, run: Run, offset: int, rows: Sequence[object], summary: Mapping[str, Any] | None = None
) -> Appended:
    """Store the rows of a run from number `offset` on; rows that are stored already are skipped.

    Raises `OffsetGap` when rows before `offset` are missing and `InvalidInput`, naming the row and the metric, for
    what cannot be stored; nothing of the batch is stored then.
    """
    if len(rows) > MAX_ROWS:
        raise InvalidInput.of("rows", f"has more than {MAX_ROWS:,} rows: send several batches")
    locked = _locked(run)
    if offset > locked.history_rows:
        raise OffsetGap(offset, locked.history_rows)
    known = locked.history_rows - offset
    fresh = rows[known:]
    if fresh:
        _store(locked, _parsed(locked, fresh, skipped=known))
    if summary:
        apply_summary(locked, summary)
    _touch(locked, changed=bool(fresh or summary))
    return Appended(rows=locked.history_rows, stop=locked.stop_requested)


def _locked(run: Run) -> Run:
    """Return the run under its lock, without what a batch neither needs nor changes: `save` leaves that out, too."""
    rows = Run.objects.select_for_update(of=("self",)).select_related("sweep")
    return rows.defer("config", "tags", "notes", "error").get(pk=run.pk)


def _parsed(run: Run, rows: Sequence[object], skipped: int) -> Columns:
    next_step = None if run.last_step is None else run.last_step + 1
    try:
        return parse_rows(rows, first_row=run.history_rows, next_step=next_step)
    except RowError as error:
        place = f"rows[{error.index + skipped}]" + (f".{error.key}" if error.key else "")
        raise InvalidInput.of(place, error.message) from None


def _store(run: Run, columns: Columns) -> None:
    HistoryChunk.objects.create(
        run=run,
        first_row=columns.first_row,
        rows=len(columns),
        min_step=int(columns.steps.min()),
        max_step=int(columns.steps.max()),
        data=encode(columns),
    )
    _extend_metrics(run, columns)
    apply_logged(run, {name: storable(value, name) for name, value in _summarised(columns).items()})
    stopping_judge(run=run, columns=columns)
    run.history_rows += len(columns)
    run.last_step = int(columns.steps[-1])


def _summarised(columns: Columns) -> dict[str, Any]:
    return {name: value for name, value in last_values(columns).items() if name != "_timestamp"}


def _extend_metrics(run: Run, columns: Columns) -> None:
    names = list(columns.metrics)
    known = {metric.name: metric for metric in RunMetric.objects.filter(run=run, name__in=names)}
    added = len(names) - len(known)
    if added and RunMetric.objects.filter(run=run).count() + added > MAX_METRICS:
        raise InvalidInput.of("rows", f"bring the run to more than {MAX_METRICS:,} metrics: log fewer names")
    # An upsert of all: `bulk_update` writes a CASE for each row and column, which takes ten times as long.
    RunMetric.objects.bulk_create(
        [_extended(known.get(name) or RunMetric(run=run, name=name), columns) for name in names],
        update_conflicts=True,
        unique_fields=["run", "name"],
        update_fields=[*_STATS, "series"],
    )


def _extended(before: RunMetric, columns: Columns) -> RunMetric:
    column = columns.metrics[before.name]
    stats = MetricStats(**{name: getattr(before, name) for name in _STATS}).extended(columns.steps, column)
    positions, numbers = column.numbers()
    series = Series.from_bytes(before.series) if before.series else Series()
    after = RunMetric(run_id=before.run_id, name=before.name, **asdict(stats))
    after.series = series.extended(columns.steps[positions], numbers).to_bytes()
    if stats.last is not None and not math.isfinite(stats.last):
        after.last = None
    return after


def _touch(run: Run, *, changed: bool) -> None:
    now = timezone.now()
    run.heartbeat_at = now
    if run.state in (Run.State.PENDING, Run.State.CRASHED):
        run.state = Run.State.RUNNING
        run.started_at = run.started_at or now
        run.finished_at = None
        changed = True
    if changed:
        run.change = Project.next_cursor(run.project_id)
    run.save()
