"""Rows come in: each row of a run is stored once, however often it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from sweeps_app.columns.codec import encode
from sweeps_app.columns.rows import RowError, last_values, parse_rows
from sweeps_app.columns.table import Columns
from sweeps_app.columns.wire import WireBatch
from sweeps_app.errors import InvalidInput, NotFound, OffsetGap
from sweeps_app.json_values import storable
from sweeps_app.models import Project, Run, Sweep
from sweeps_app.models.compiled import CompiledQuery
from sweeps_app.models.compiled_writes import insert_row, update_row
from sweeps_app.selectors.streams import HISTORY, Stream
from sweeps_app.services.bell import prepare_ring
from sweeps_app.services.liveness import REVIVED, check_attempt, revive
from sweeps_app.services.metrics import metrics_extend
from sweeps_app.services.results import result_record
from sweeps_app.services.runs import RunEnding, is_endable, run_end, sweep_lock
from sweeps_app.services.stopping import stopping_judge
from sweeps_app.services.summary import SUMMARY_FIELDS, apply_logged, apply_summary

MAX_ROWS = 10_000
# Under its lock, without what a batch neither needs nor changes.
_LOCKED = CompiledQuery(
    lambda pk: (
        Run.everything.select_for_update(of=("self",))
        .select_related("sweep")
        .defer("config", "tags", "notes", "error")
        .filter(pk=pk, deleted_at=None)
        .order_by()
    ),
    integers="pk",
)
# What a batch may change of a run.
_TOUCHED = (
    *REVIVED,
    *SUMMARY_FIELDS,
    "stopping_progress",
    "stop_requested",
    "stop_reason",
    "history_rows",
    "system_rows",
    "last_step",
    "heartbeat_at",
    "change",
)


@dataclass(frozen=True)
class RowBatch:
    """Rows of a stream, of which the first one is number `offset`, and values for the run's summary."""

    offset: int
    rows: Sequence[object]
    summary: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Appended:
    """How many rows of the stream are stored now, whether the run is to stop, and how many were stored before."""

    rows: int
    stop: bool
    skipped: int = 0


def history_append(
    *, run: Run, offset: int, rows: Sequence[object], summary: Mapping[str, Any] | None = None
) -> Appended:
    """Store rows of a run's history; see `batch_append`."""
    return batch_append(run=run, batch=RowBatch(offset, rows, summary))


def batch_append(
    *, run: Run, batch: RowBatch | WireBatch, stream: Stream = HISTORY, ending: RunEnding | None = None
) -> Appended:
    """Store the rows or columns of a batch; what is stored already is skipped. With `ending` the run ends after them.

    Raises `OffsetGap` when rows before its offset are missing and `InvalidInput`, naming the row or column, for what
    cannot be stored; nothing of the batch is stored then, and the run goes on.
    """
    if isinstance(batch, RowBatch) and len(batch.rows) > MAX_ROWS:
        raise InvalidInput.of("rows", f"has more than {MAX_ROWS:,} rows: send several batches")
    with transaction.atomic():
        sweep = None if ending is None else sweep_lock(run)
        locked = _locked(run)
        if sweep is not None or locked.finished_at is None or locked.suggestion_id is None:
            return _appended(locked, sweep, batch, stream, ending)
    # What comes after the end corrects what the search has learned, and a sweep is locked before its runs.
    with transaction.atomic():
        sweep = sweep_lock(run)
        return _appended(_locked(run), sweep, batch, stream, ending)


def _appended(
    locked: Run, sweep: Sweep | None, batch: RowBatch | WireBatch, stream: Stream, ending: RunEnding | None
) -> Appended:
    before = stream.rows(locked)
    is_changed = _append(locked, stream, batch)
    # What has come in is saved together with the end, where this is one.
    ends = ending is not None and is_endable(locked)
    if not ends:
        _save(locked, is_changed=is_changed)
    if sweep is not None and not ends and locked.finished_at is not None and result_record(run=locked, sweep=sweep):
        prepare_ring(sweep=sweep)
    if ending is not None:
        run_end(run=locked, sweep=sweep, ending=ending, unsaved=_TOUCHED if ends else ())
    skipped = min(before - batch.offset, _length(batch))
    return Appended(rows=stream.rows(locked), stop=locked.stop_requested, skipped=skipped)


def _append(locked: Run, stream: Stream, batch: RowBatch | WireBatch) -> bool:
    """Store what is new of a batch, set what it changes of its run, and tell whether pages are to show that."""
    stored = stream.rows(locked)
    if batch.offset > stored:
        raise OffsetGap(batch.offset, stored)
    known = stored - batch.offset
    has_fresh = _length(batch) > known
    if has_fresh:
        _store(locked, stream, _fresh(locked, stream, batch, known))
    if batch.summary:
        apply_summary(locked, batch.summary)
    now = timezone.now()
    locked.heartbeat_at = now
    # What a machine measures changes no table and no chart of a sweep: it would only wake every page.
    return revive(locked, now) or bool(batch.summary) or (has_fresh and stream is HISTORY)


def _length(batch: RowBatch | WireBatch) -> int:
    return len(batch.columns if isinstance(batch, WireBatch) else batch.rows)


def _locked(run: Run) -> Run:
    locked = _LOCKED.first(pk=run.pk)
    if locked is None:
        raise NotFound("the run has been deleted meanwhile")
    check_attempt(run, locked)
    return locked


def _fresh(run: Run, stream: Stream, batch: RowBatch | WireBatch, known: int) -> Columns:
    """Return what is new of a batch, of which the first `known` rows are stored."""
    if isinstance(batch, RowBatch):
        return _parsed(run, batch.rows[known:], stream, skipped=known)
    end = batch.offset + len(batch.columns)
    return batch.columns.slice(batch.offset + known, end) if known else batch.columns


def _parsed(run: Run, rows: Sequence[object], stream: Stream, skipped: int) -> Columns:
    first_row = stream.rows(run)
    next_step = run.last_step + 1 if stream is HISTORY and run.last_step is not None else first_row
    try:
        return parse_rows(rows, first_row=first_row, next_step=next_step)
    except RowError as error:
        place = f"rows[{error.index + skipped}]" + (f".{error.key}" if error.key else "")
        raise InvalidInput.of(place, error.message) from None


def _store(run: Run, stream: Stream, columns: Columns) -> None:
    chunk = stream.chunks(
        run_id=run.pk,
        first_row=columns.first_row,
        rows=len(columns),
        min_step=int(columns.steps.min()),
        max_step=int(columns.steps.max()),
        data=encode(columns),
    )
    insert_row(chunk)
    metrics_extend(run, stream, columns)
    setattr(run, stream.counter, stream.rows(run) + len(columns))
    if stream is HISTORY:
        apply_logged(run, {name: storable(value, name) for name, value in _summarised(columns).items()})
        stopping_judge(run=run, columns=columns)
        run.last_step = int(columns.steps[-1])


def _summarised(columns: Columns) -> dict[str, Any]:
    return {name: value for name, value in last_values(columns).items() if name != "_timestamp"}


def _save(run: Run, *, is_changed: bool) -> None:
    if is_changed:
        run.change = Project.next_cursor(run.project_id)
    update_row(run, _TOUCHED)
