"""The part of the output of a run or job that a page shows: the end, or what precedes, follows or surrounds a line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from dashboard.ansi import line_html
from sweeps_app.columns.lines import STREAMS
from sweeps_app.selectors.console import ConsoleLine, LineFilter, Source, lines_after, lines_before

LINES = 500
MAX_SEARCH = 200
_MAX_DIGITS = 15


class ShownLine(NamedTuple):
    """A line as the template writes it; `number` counts from 1, as people do.

    `left_out` is how many lines before it are not kept.
    """

    number: int
    moment: datetime
    is_error: bool
    html: SafeString
    left_out: int = 0


class Output(NamedTuple):
    """Some lines in order, and whether there are more in either direction."""

    lines: list[ShownLine]
    older: bool
    newer: bool


class OutputQuery(NamedTuple):
    """Which lines: by what they hold, and where. Lines are counted from 1; None in all three means the end."""

    wanted: LineFilter
    before: int | None
    after: int | None
    line: int | None


def output_query(request: HttpRequest) -> OutputQuery:
    """Return what an address asks for; what makes no sense in it counts as not said."""
    stream = request.GET.get("stream", "")
    search = request.GET.get("search", "")[:MAX_SEARCH]
    wanted = LineFilter(search, stream if stream in STREAMS else "")
    return OutputQuery(wanted, *(_number(request, name) for name in ("before", "after", "line")))


def output(source: Source, query: OutputQuery, limit: int = LINES) -> Output:
    """Return at most `limit` lines."""
    wanted = query.wanted
    if query.line is not None:
        head, older = _cut(lines_before(source, query.line - 1, wanted), limit // 2)
        tail, newer = _cut(lines_after(source, query.line - 2, wanted), limit // 2)
        return _shown(head[::-1] + tail, wanted, older=older, newer=newer)
    if query.after is not None:
        lines, newer = _cut(lines_after(source, query.after - 1, wanted), limit)
        return _shown(lines, wanted, older=query.after > 0, newer=newer)
    end = source.console_lines if query.before is None else query.before - 1
    lines, older = _cut(lines_before(source, end, wanted), limit)
    return _shown(lines[::-1], wanted, older=older, newer=query.before is not None)


def _cut(lines: Iterator[ConsoleLine], limit: int) -> tuple[list[ConsoleLine], bool]:
    """Return the first lines, and whether there are more."""
    found = list(islice(lines, limit + 1))
    return found[:limit], len(found) > limit


def _shown(lines: list[ConsoleLine], wanted: LineFilter, *, older: bool, newer: bool) -> Output:
    before = [line.number + 1 for line in lines[:-1]]
    # What a filter passes over is not missing.
    gaps = [0] * len(lines) if wanted else [line.number - n for line, n in zip(lines[1:], before, strict=True)]
    rows = [
        ShownLine(
            line.number + 1,
            datetime.fromtimestamp(line.timestamp, UTC),
            line.stream == "stderr",
            mark_safe(line_html(line.text, wanted.search)),  # noqa: S308 (line_html escapes)
            left_out,
        )
        for line, left_out in zip(lines, [0, *gaps], strict=False)
    ]
    return Output(rows, older, newer)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None
