"""Console output comes in: each line of a run is stored once, however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from sweeps_app.columns.lines import MAX_TIME, STREAMS, Lines
from sweeps_app.errors import InvalidInput, OffsetGap
from sweeps_app.models import Project, Run
from sweeps_app.services.line_chunks import run_lines_store
from sweeps_app.services.liveness import REVIVED, revive, run_locked

MAX_LINES = 10_000
MAX_LINE = 100_000
_PARTS = 3
_READ = ("project_id", "stop_requested", "console_lines", *REVIVED)


@dataclass(frozen=True)
class LinesStored:
    """How many lines of the run are stored now, and whether the run is to stop."""

    lines: int
    stop: bool


@transaction.atomic
def console_append(*, run: Run, offset: int, lines: Sequence[object]) -> LinesStored:
    """Store a run's output from line number `offset` on; lines that are stored already are skipped.

    A line is `[timestamp in seconds, "stdout" or "stderr", text]`. Raises `OffsetGap` when lines before `offset` are
    missing and `InvalidInput`, naming the line, for what cannot be stored; nothing of the batch is stored then.
    The project's cursor stays: pages that show the output look at the number of its lines.
    """
    if len(lines) > MAX_LINES:
        raise InvalidInput.of("lines", f"has more than {MAX_LINES:,} lines: send several batches")
    locked = run_locked(run, *_READ)
    if offset > locked.console_lines:
        raise OffsetGap(offset, locked.console_lines)
    known = locked.console_lines - offset
    fresh = _parsed(lines, known)
    if len(fresh):
        run_lines_store(locked, fresh)
    locked.console_lines += len(fresh)
    _touch(locked)
    return LinesStored(lines=locked.console_lines, stop=locked.stop_requested)


def _parsed(lines: Sequence[object], known: int) -> Lines:
    times: list[float] = []
    streams: list[int] = []
    texts: list[str] = []
    for number, line in enumerate(lines[known:], start=known):
        if not isinstance(line, list) or len(line) != _PARTS:
            raise InvalidInput.of(f"lines[{number}]", "must be a list of three: timestamp, stream and text")
        time, stream, text = line
        times.append(_time(time, number))
        streams.append(_stream(stream, number))
        texts.append(_text(text, number))
    return Lines.of(times, streams, texts)


def _time(value: Any, number: int) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MAX_TIME:  # which NaN is not, either
        raise InvalidInput.of(f"lines[{number}][0]", "must be a time in seconds since 1970, before the year 10000")
    return float(value)


def _stream(value: Any, number: int) -> int:
    if value not in STREAMS:
        raise InvalidInput.of(f"lines[{number}][1]", f"must be one of {', '.join(STREAMS)}")
    return STREAMS.index(value)


def _text(value: Any, number: int) -> str:
    place = f"lines[{number}][2]"
    if not isinstance(value, str):
        raise InvalidInput.of(place, "must be text")
    if len(value) > MAX_LINE:
        raise InvalidInput.of(place, f"has more than {MAX_LINE:,} characters: cut it")
    if "\n" in value:
        raise InvalidInput.of(place, "holds a newline: send each line by itself")
    return value


def _touch(run: Run) -> None:
    now = timezone.now()
    run.heartbeat_at = now
    fields = ["console_lines", "heartbeat_at"]
    if revive(run, now):
        run.change = Project.next_cursor(run.project_id)
        fields += [*REVIVED, "change"]
    run.save(update_fields=fields)
