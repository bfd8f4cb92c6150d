"""What a run or an agent job printed: its lines by number, either way, all of them or those that match."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from sweeps_app.columns.lines import STREAMS, Lines, holding
from sweeps_app.models import AgentJob, Run

_AT_ONCE = 4  # chunks read from the database together: an answer seldom needs more


# Whose output it is; of a job's the lines in the middle may be missing.
Source = Run | AgentJob


class ConsoleLine(NamedTuple):
    """A line: its number from 0, its time in seconds since 1970, its stream and its text with what colours it."""

    number: int
    timestamp: float
    stream: str
    text: str


@dataclass(frozen=True)
class LineFilter:
    """Which lines are wanted: those whose visible text holds `search`, in upper or lower case, and of one stream."""

    search: str = ""
    stream: str = ""

    def __bool__(self) -> bool:
        return bool(self.search or self.stream)


ALL = LineFilter()


def lines_after(source: Source, number: int, wanted: LineFilter = ALL) -> Iterator[ConsoleLine]:
    """Yield the wanted lines that follow line `number`, in order; -1 begins with the first."""
    begin = _chunks(source).filter(first_line__lte=max(number, 0)).order_by("-first_line")
    first = begin.values_list("first_line", flat=True).first() or 0
    chunks = _chunks(source).filter(first_line__gte=first).order_by("first_line")
    for lines in _matching(chunks, wanted):
        yield from (line for line in lines if line.number > number)


def lines_before(source: Source, number: int, wanted: LineFilter = ALL) -> Iterator[ConsoleLine]:
    """Yield the wanted lines that precede line `number`, the nearest first."""
    chunks = _chunks(source).filter(first_line__lt=number).order_by("-first_line")
    for lines in _matching(chunks, wanted):
        yield from (line for line in reversed(lines) if line.number < number)


def lines_count(source: Source, wanted: LineFilter = ALL) -> int:
    """Return how many lines are wanted; with a filter all output is read."""
    if not wanted:
        return source.console_lines
    chunks = _chunks(source).values_list("data", flat=True)
    return sum(map(len, (_places(data, wanted) for data in chunks.iterator(chunk_size=_AT_ONCE))))


def _chunks(source: Source) -> QuerySet[Any]:
    return source.console_chunks.all()


def _matching(chunks: QuerySet[Any], wanted: LineFilter) -> Iterator[list[ConsoleLine]]:
    """Yield the wanted lines of each chunk that has some."""
    for first, data in chunks.values_list("first_line", "data").iterator(chunk_size=_AT_ONCE):
        if places := _places(data, wanted):
            lines = Lines.from_bytes(data)
            times, streams = lines.seconds(), lines.streams.tolist()
            yield [
                ConsoleLine(first + place, times[place], STREAMS[streams[place]], lines.texts[place])
                for place in places
            ]


def _places(data: bytes | memoryview, wanted: LineFilter) -> Sequence[int]:
    """Return the places of the wanted lines of a chunk."""
    places = holding(data, wanted.search.casefold()) if wanted.search else None
    if not wanted.stream:
        return range(len(Lines.from_bytes(data))) if places is None else places
    streams = Lines.from_bytes(data).streams.tolist() if places != [] else []
    kind = STREAMS.index(wanted.stream)
    return [place for place in (range(len(streams)) if places is None else places) if streams[place] == kind]
