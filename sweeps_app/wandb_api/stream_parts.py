"""What a request of the file stream holds, read: each part becomes what the services take."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run
from sweeps_app.services.runs import RunEnding
from sweeps_app.wandb_api.translation.console import read_line

HISTORY, EVENTS, SUMMARY, OUTPUT = "wandb-history.jsonl", "wandb-events.jsonl", "wandb-summary.json", "output.log"
_CLOCKS, _END_OF_TIME = ("_timestamp", "_runtime"), 1e12
# How a process ends that a signal or a request to stop has interrupted.
_INTERRUPTED = 255
_MAX_CODE = 2**31 - 1


@dataclass(frozen=True)
class Part:
    """Lines of a file, of which the first one has number `offset`."""

    offset: int
    lines: Sequence[str]


def part_of(body: dict[str, Any], name: str) -> Part | None:
    """Return the lines of a file in a request, None where there are none; raises `InvalidInput`."""
    files = body.get("files") or {}
    found = files.get(name) if isinstance(files, dict) else None
    if found is None:
        return None
    offset, lines = (found.get("offset"), found.get("content")) if isinstance(found, dict) else (None, None)
    is_right = isinstance(offset, int) and offset >= 0 and isinstance(lines, list)
    if not is_right or not all(isinstance(line, str) for line in lines or ()):
        raise InvalidInput.of(f"files.{name}", "must have an offset and a list of lines as content")
    return Part(int(offset or 0), lines) if lines else None


def rows_of(part: Part) -> list[Any]:
    """Return the values of lines of JSON; None stands for a line that is none."""
    try:
        # One text is read many times faster than its lines.
        values: list[Any] = json.loads(f"[{','.join(part.lines)}]")
    except (ValueError, RecursionError):
        return [_value(line) for line in part.lines]
    return values if len(values) == len(part.lines) else [_value(line) for line in part.lines]


def birth_of(rows: Sequence[Any]) -> float | None:
    """Return when the process of some rows began, in seconds of its own clock; None where none of them says."""
    for row in rows:
        clocks = [row.get(name) for name in _CLOCKS] if isinstance(row, dict) else []
        known = [float(value) for value in clocks if isinstance(value, int | float) and abs(value) < _END_OF_TIME]
        if len(known) == len(_CLOCKS):
            return known[0] - known[1]
    return None


def lines_of(part: Part) -> list[list[Any]]:
    """Return lines of output."""
    now = time.time()
    return [read_line(line, now) for line in part.lines]


def summary_of(part: Part | None) -> dict[str, Any] | None:
    """Return the summary, which each of its lines holds whole; the last one counts."""
    value = None if part is None else _value(part.lines[-1])
    return value if isinstance(value, dict) else None


def ending_of(body: dict[str, Any]) -> RunEnding | None:
    """Return how the run has ended, None where it has not; raises `InvalidInput`."""
    if not body.get("complete"):
        return None
    code = body.get("exitcode")
    if not isinstance(code, int) or isinstance(code, bool) or abs(code) > _MAX_CODE:
        raise InvalidInput.of("exitcode", "must be a number, such as 0")
    state = Run.State.KILLED if code == _INTERRUPTED or code < 0 else None
    return RunEnding(code, state)


def _value(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
