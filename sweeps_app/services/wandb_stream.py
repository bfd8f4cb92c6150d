"""Rows of the client of Weights & Biases: it counts lines, and neither cuts nor mends one that is refused.

So a line that cannot be stored keeps its number as a row without values, and lines that are missing between what is
stored and what comes are left out the same way: whatever follows has its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sweeps_app.columns.rows import STEP, RowError, parse_rows
from sweeps_app.errors import InvalidInput, OffsetGap
from sweeps_app.models import Run
from sweeps_app.selectors.streams import Stream
from sweeps_app.services.ingest import MAX_ROWS, RowBatch, batch_append
from sweeps_app.services.runs import RunEnding
from sweeps_app.services.unserved import unserved_note

MAX_GAP = 100_000


@dataclass(frozen=True)
class WandbBatch:
    """Lines of a file as JSON values, of which the first one has number `offset`, and values for the summary."""

    offset: int
    rows: Sequence[Any]
    summary: Mapping[str, Any] | None = None


def wandb_rows_append(
    *, run: Run, stream: Stream, batch: WandbBatch, ending: RunEnding | None = None, client: str = ""
) -> bool:
    """Store the lines of a batch, each once; with `ending` the run ends after them. Return whether it is to stop.

    Raises `InvalidInput` for a batch that leaves too large a gap, and what `batch_append` raises.
    """
    stop, offset, left = False, batch.offset, list(batch.rows)
    while True:
        rows, left = left[:MAX_ROWS], left[MAX_ROWS:]
        is_last = not left
        part = RowBatch(offset, rows, batch.summary if is_last else None)
        stop = _append(run, stream, part, ending if is_last else None, client)
        if is_last:
            return stop
        offset += len(rows)


def _append(run: Run, stream: Stream, batch: RowBatch, ending: RunEnding | None, client: str) -> bool:
    try:
        return batch_append(run=run, batch=batch, stream=stream, ending=ending).stop
    except OffsetGap as gap:
        _fill(run, stream, gap.expected, batch)
    except InvalidInput as error:
        if not any(problem.field.startswith("rows[") for problem in error.problems):
            raise
        batch = RowBatch(batch.offset, _storable_rows(batch.rows, client), batch.summary)
    return batch_append(run=run, batch=batch, stream=stream, ending=ending).stop


def _fill(run: Run, stream: Stream, stored: int, batch: RowBatch) -> None:
    """Store rows without values up to the first row of a batch."""
    missing = batch.offset - stored
    if missing > MAX_GAP:
        raise InvalidInput.of("offset", f"leaves {missing:,} lines out: {stored:,} are stored")
    step = _step(batch.rows[0]) if batch.rows else {}
    for start in range(stored, batch.offset, MAX_ROWS):
        count = min(MAX_ROWS, batch.offset - start)
        batch_append(run=run, batch=RowBatch(start, [step] * count), stream=stream)


def _storable_rows(rows: Sequence[Any], client: str) -> list[dict[str, Any]]:
    """Return rows of which those that cannot be stored are without values."""
    found: list[dict[str, Any]] = []
    for row in rows:
        try:
            parse_rows([row])
        except RowError as error:
            unserved_note(subject="a line of the file stream", operation="", message=str(error), client=client)
            found.append(_step(row))
        else:
            found.append(row)
    return found


def _step(row: Any) -> dict[str, Any]:
    step = row.get(STEP) if isinstance(row, dict) else None
    return {STEP: step} if type(step) is int and abs(step) < 2**63 else {}
