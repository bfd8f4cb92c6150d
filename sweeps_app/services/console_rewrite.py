"""Lines of output that are written over: a progress bar is one line in many states."""

from collections.abc import Sequence

from django.db import transaction

from sweeps_app.columns.lines import STREAMS, Lines
from sweeps_app.models import ConsoleChunk, Run
from sweeps_app.services.console import LinesStored, console_append
from sweeps_app.services.liveness import run_locked

_EMPTY = ""
MAX_GAP = 100_000


@transaction.atomic
def console_write(*, run: Run, offset: int, lines: Sequence[list[object]]) -> LinesStored:
    """Store lines of a run's output from line number `offset` on, over those that are stored already.

    Lines before `offset` that have not come yet are empty until they do. Raises what `console_append` raises.
    """
    locked = run_locked(run, "console_lines")
    stored = locked.console_lines
    if offset > stored:
        gap = min(offset - stored, MAX_GAP)
        first = lines[0][0] if lines else 0.0
        lines = [*([first, STREAMS[0], _EMPTY] for _ in range(gap)), *lines]
        offset = stored
    over = min(stored - offset, len(lines))
    if over:
        _replace(locked, offset, lines[:over])
    return console_append(run=run, offset=offset, lines=lines)


def _replace(run: Run, offset: int, lines: Sequence[list[object]]) -> None:
    end = offset + len(lines)
    chunks = ConsoleChunk.objects.filter(run=run, first_line__lt=end).order_by("-first_line")
    for chunk in chunks.iterator(chunk_size=4):
        if chunk.first_line + chunk.lines <= offset:
            return
        before = Lines.from_bytes(chunk.data)
        start, stop = max(offset - chunk.first_line, 0), min(end - chunk.first_line, chunk.lines)
        new = _lines(lines[chunk.first_line + start - offset : chunk.first_line + stop - offset])
        after = before[:start] + new + before[stop:]
        if after.texts != before.texts:
            ConsoleChunk.objects.filter(pk=chunk.pk).update(data=after.to_bytes())


def _lines(lines: Sequence[list[object]]) -> Lines:
    times, streams, texts = zip(*lines, strict=True)
    return Lines.of(
        [float(str(time)) for time in times], [STREAMS.index(str(s)) for s in streams], [str(t) for t in texts]
    )
