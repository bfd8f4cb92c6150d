"""Read a journal from where the server stands, in windows that are worth a request."""

import json
from dataclasses import dataclass, field
from typing import Any

from sweepdeck._spool.blocks import Block, Numbers, Text
from sweepdeck._spool.journal import Journal
from sweepdeck._spool.records import CHANGES, ENDING, ROW, SHAPE
from sweepdeck._spool.scan import scan, whole_length
from sweepdeck._spool.segment import Segment
from sweepdeck._spool.shapes import Shape, shape_of

# Rows of numbers and rows as JSON share a request only where few of either would be left to one of their own.
FEW_ROWS = 500
COLUMN_ROWS, JSON_ROWS = 50_000, 10_000
_STEP_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record begins, and how many rows lie before it."""

    segment: int = 0
    position: int = 0
    row: int = 0


@dataclass
class Window:
    """What was read in one go, from `start` to `end`."""

    start: Place
    end: Place
    blocks: list[Block] = field(default_factory=list)
    changes: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: {} for name in CHANGES.values()})
    ending: dict[str, Any] | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.end.row - self.start.row

    @property
    def is_numbers(self) -> bool:
        """Tell whether all rows can be sent as columns."""
        return all(isinstance(block, Numbers) for block in self.blocks)


class Reader:
    """Reads records in order; nothing moves it but `go`. It is used by one thread.

    Where the process that wrote the journal may have crashed (`is_checked`), checksums are compared, and a segment ends
    at the first record that is not whole.
    """

    def __init__(self, journal: Journal, place: Place, *, is_checked: bool = False) -> None:
        self._journal, self.place, self._is_checked = journal, place, is_checked
        self._shapes: dict[int, Shape] = {}
        self._shapes_of = 0

    def go(self, place: Place) -> None:
        """Read from `place` on next."""
        if place.segment != self.place.segment and (left := self._journal.segment(self.place.segment)) is not None:
            left.rest()
        self.place = place

    def read(self, max_bytes: int, *, as_json: bool = False) -> Window | None:
        """Return what comes next, about `max_bytes` of it at the most but one record at least, or None for nothing.

        `as_json` bounds rows of numbers by what they take as JSON.
        """
        while (segment := self._current()) is not None:
            window = self._window(segment, max_bytes, as_json=as_json)
            if window.end != window.start:
                return window
            following = self._after(segment.number)
            if not following or (window.end.position < segment.size and not self._is_checked):
                return None
            self.go(Place(following, 0, self.place.row))
        return None

    def copy(self) -> "Reader":
        """Return a reader of the same records, to look ahead."""
        return Reader(self._journal, self.place, is_checked=self._is_checked)

    def count_left(self) -> int:
        """Return how many rows there are from here on."""
        numbers = [number for number in self._journal.numbers() if number >= self.place.segment]
        segments = [segment for number in numbers if (segment := self._journal.segment(number)) is not None]
        total = sum(self._rows_before(segment.number, segment.size) for segment in segments)
        return total - self._rows_before(self.place.segment, self.place.position)

    def start_of(self, row: int) -> Place | None:
        """Return the beginning of the kept segment that holds a row which was read before, or None."""
        first = self.place.row - self._rows_before(self.place.segment, self.place.position)
        number = self.place.segment
        while row < first:
            earlier = [other for other in self._journal.numbers() if other < number]
            if not earlier or (segment := self._journal.segment(earlier[-1])) is None:
                return None
            number = earlier[-1]
            first -= self._rows_before(number, segment.size)
        return Place(number, 0, first)

    def _current(self) -> Segment | None:
        """Return the segment at hand, or the oldest that is kept where that one is gone."""
        segment = self._journal.segment(self.place.segment)
        if segment is None:
            number = self._after(self.place.segment)
            segment = self._journal.segment(number)
            if segment is None:
                return None
            self.go(Place(number, 0, self.place.row))
        if self._shapes_of != segment.number:
            self._shapes, self._shapes_of = {}, segment.number
            self._rows_before(segment.number, self.place.position)
        return segment

    def _after(self, number: int) -> int:
        return next((other for other in self._journal.numbers() if other > number), 0)

    def _window(self, segment: Segment, max_bytes: int, *, as_json: bool) -> Window:
        """Take records until the window is full, or the next row would make it one of another kind."""
        window = Window(self.place, self.place)
        data = _chunk(segment, self.place.position, max_bytes, self._shapes)
        size = 0
        for kind, content, end in scan(data, self._shapes, is_checked=self._is_checked):
            block = _block(kind, content)
            left_out = 0
            if block is None:
                _note(window, self._shapes, kind, content)
            else:
                if _is_apart(window, block):
                    break
                as_json = as_json or isinstance(block, Text)
                each = block.json_size if as_json else block.record_size
                room = min((max_bytes - size) // each, (JSON_ROWS if as_json else COLUMN_ROWS) - window.rows)
                if room < 1 and window.blocks:
                    break
                taken = block.part(0, min(block.count, max(1, room)))
                window.blocks.append(taken)
                size += taken.count * each
                left_out = block.count - taken.count
                end -= left_out * block.record_size
            row = window.end.row + (block.count - left_out if block else 0)
            window.end = Place(segment.number, self.place.position + end, row)
            if left_out or window.ending is not None:
                break
        return window

    def _rows_before(self, number: int, end: int) -> int:
        """Count the rows of a segment before a position; where it is the one at hand, its shapes are learned."""
        segment = self._journal.segment(number)
        shapes = self._shapes if self._shapes_of == number else {}
        position = rows = 0
        while segment is not None and position < end:
            data = _chunk(segment, position, min(_STEP_BYTES, end - position), shapes)
            used = 0
            for kind, content, end_of_record in scan(data, shapes, is_checked=False):
                used = end_of_record
                block = _block(kind, content)
                rows += block.count if block else 0
                if kind == SHAPE:
                    _note(Window(self.place, self.place), shapes, kind, content)
            if not used:
                break
            position += used
        return rows


def _chunk(segment: Segment, position: int, length: int, shapes: dict[int, Shape]) -> bytes:
    """Return bytes of a segment that hold one whole record at least, if there is one."""
    data = segment.read(position, length)
    needed = whole_length(data, shapes)
    return segment.read(position, needed) if len(data) < needed <= segment.size - position else data


def _block(kind: int, content: bytes | Numbers) -> Block | None:
    if isinstance(content, Numbers):
        return content
    return Text(content) if kind == ROW else None


def _is_apart(window: Window, block: Block) -> bool:
    """Tell whether a block is better sent in a request of its own kind than with what the window has."""
    if isinstance(block, Numbers):
        return block.count >= FEW_ROWS and not window.is_numbers
    return window.rows >= FEW_ROWS and window.is_numbers


def _note(window: Window, shapes: dict[int, Shape], kind: int, content: bytes | Numbers) -> None:
    """Take in a record that is no row; one of a kind that a newer version has written is passed over."""
    if isinstance(content, Numbers):
        return
    if kind == SHAPE:
        shape = shape_of(json.loads(content))
        shapes[shape.tag] = shape
    elif kind in CHANGES:
        window.changes[CHANGES[kind]].update(json.loads(content))
    elif kind == ENDING:
        window.ending = json.loads(content)
