"""How lines of output become chunks, for runs and agent jobs alike."""

from typing import Any

from django.db.models import QuerySet

from sweeps_app.columns.lines import Lines
from sweeps_app.models import AgentJob, ConsoleChunk, JobConsoleChunk, Run

# What one chunk holds at the most; a single line may have more characters.
CHUNK_LINES = 1_000
CHUNK_CHARACTERS = 262_144
# A chunk is taken up into what follows it unless it has more than so many times its lines: each line is written again
# only while its chunk grows by half, which is some fifteen times at the most.
_GROWTH = 2


def run_lines_store(run: Run, lines: Lines) -> None:
    """Add lines to those of a run, whose row is locked, in chunks that take up small ones before them."""
    chunks = ConsoleChunk.objects.filter(run=run)
    lines, first, absorbed = _with_small(chunks, run.console_lines, lines)
    chunks.filter(pk__in=absorbed).delete()
    ConsoleChunk.objects.bulk_create(
        ConsoleChunk(run=run, first_line=first + start, lines=len(part), data=part.to_bytes())
        for start, part in _parts(lines)
    )


def job_lines_store(job: AgentJob, lines: Lines) -> None:
    """Add lines to those of an agent job, whose row is locked, in the same way."""
    chunks = JobConsoleChunk.objects.filter(job=job)
    lines, first, absorbed = _with_small(chunks, job.console_lines, lines)
    chunks.filter(pk__in=absorbed).delete()
    JobConsoleChunk.objects.bulk_create(
        JobConsoleChunk(
            job=job,
            first_line=first + start,
            lines=len(part),
            characters=_characters(part),
            data=part.to_bytes(),
        )
        for start, part in _parts(lines)
    )


def _with_small(chunks: QuerySet[Any], first: int, lines: Lines) -> tuple[Lines, int, list[int]]:
    """Return lines with those of small chunks before them, the number of the first, and what these chunks were."""
    absorbed = []
    while (before := chunks.filter(first_line__lt=first).order_by("first_line").last()) is not None:
        if before.lines > _GROWTH * len(lines) or before.lines + len(lines) > CHUNK_LINES:
            break
        joined = Lines.from_bytes(before.data) + lines
        if _characters(joined) > CHUNK_CHARACTERS:
            break
        lines, first = joined, before.first_line
        absorbed.append(before.pk)
    return lines, first, absorbed


def _characters(lines: Lines) -> int:
    return sum(map(len, lines.texts))


def _parts(lines: Lines) -> list[tuple[int, Lines]]:
    """Cut lines into what a chunk holds; return each part with its place."""
    parts, start, characters = [], 0, 0
    for place, text in enumerate(lines.texts):
        if place > start and (place - start == CHUNK_LINES or characters + len(text) > CHUNK_CHARACTERS):
            parts.append((start, lines[start:place]))
            start, characters = place, 0
        characters += len(text)
    return [*parts, (start, lines[start:])]
