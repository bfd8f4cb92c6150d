"""Lines of output: `2026-11-24T00:43:14.633343 text`, with `ERROR ` before what was written to standard error."""

import re
from datetime import UTC, datetime
from typing import Any

from sweeps_app.columns.lines import STREAMS

_STDOUT, _STDERR = STREAMS
_LINE = re.compile(r"(ERROR )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)Z? ?(.*)", re.DOTALL)
_MAX_LINE = 100_000


def read_line(line: str, now: float) -> list[Any]:
    """Return a line as the services take it; `now` is the time of one that does not say."""
    found = _LINE.fullmatch(line.rstrip("\n"))
    if found is None:
        return [now, _STDOUT, _one_line(line)]
    return [_seconds(found[2], now), _STDERR if found[1] else _STDOUT, _one_line(found[3])]


def write_time(seconds: float) -> str:
    """Return a time as the client writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _seconds(text: str, now: float) -> float:
    try:
        return datetime.fromisoformat(text[:26]).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return now


def _one_line(text: str) -> str:
    return text.rstrip("\n").replace("\n", " ")[:_MAX_LINE]
