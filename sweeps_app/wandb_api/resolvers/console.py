"""What runs print."""

from itertools import islice
from typing import Any

from sweeps_app.columns.lines import STREAMS
from sweeps_app.models import Run
from sweeps_app.selectors.console import ConsoleLine, lines_after, lines_before
from sweeps_app.wandb_api.binding import resolves
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.paging import page, size_of, start_of
from sweeps_app.wandb_api.translation.console import write_time


@resolves("Run", "logLines")
def log_lines(
    run: Run, _: Context, first: int | None = None, last: int | None = None, after: str | None = None, **__: Any
) -> dict[str, Any]:
    """Return a page of lines: the first ones after a cursor, or the last ones."""
    if last is not None:
        found = list(islice(lines_before(run, run.console_lines), size_of(last)))[::-1]
        return page([_line(line) for line in found], found[0].number if found else 0, has_next=False)
    start, size = start_of(after), size_of(first)
    found = list(islice(lines_after(run, start - 1), size))
    return page([_line(line) for line in found], start, has_next=start + len(found) < run.console_lines)


def _line(line: ConsoleLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "timestamp": write_time(line.timestamp),
        "level": "error" if line.stream == STREAMS[1] else "info",
        "label": "",
        "line": line.text,
    }
