"""One stream of a run and the endpoint that takes it: what comes next, and what the server has or refuses."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sweepdeck._spool.blocks import Block, Numbers
from sweepdeck._spool.columns import MEDIA_TYPE, columns_body
from sweepdeck._spool.journal import Journal
from sweepdeck._spool.progress import Progress
from sweepdeck._spool.reader import JSON_ROWS, Reader, Window
from sweepdeck._spool.stream import Kind

COLUMN_BYTES, JSON_BYTES = 8 * 2**20, 4 * 2**20
JSON_TYPE = "application/json"

Piece = tuple[int, Block]


@dataclass(frozen=True)
class Batch:
    """Rows that are sent together: their place in the run, and each block with the number of its first row."""

    offset: int
    pieces: list[Piece]
    is_columns: bool

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(block.count for _, block in self.pieces)


class Channel:
    """Turns the records of a journal into requests to one endpoint of the run.

    `base` is how many rows the run had before this journal began. The sender's thread alone uses it.
    """

    def __init__(
        self,
        journal: Journal,
        progress: Progress,
        *,
        kind: Kind,
        base: int,
        is_checked: bool,
    ) -> None:
        self.journal, self.kind = journal, kind
        self._progress = progress
        place, self.offsets = progress.load(base)
        self._reader = Reader(journal, place, is_checked=is_checked)
        self._window: Window | None = None
        self._pieces: list[Piece] = []
        self._skip_to = 0
        self._column_bytes, self._json_bytes = COLUMN_BYTES, JSON_BYTES
        self._takes_columns = True
        self._as_json_below = 0

    @property
    def row(self) -> int:
        """The number in the journal of the next row to be sent."""
        if self._pieces:
            return self._pieces[0][0]
        return self._window.end.row if self._window else self._reader.place.row

    @property
    def offset(self) -> int:
        """The number in the run of the next row to be sent."""
        return self.offsets.of(self.row)

    def window(self) -> Window | None:
        """Return what is being sent, read now if need be, or None where there is nothing to send."""
        if self._window is None:
            size = self._column_bytes if self._takes_columns else self._json_bytes
            self._window = self._reader.read(size, as_json=not self._takes_columns)
            if self._window is not None:
                self._pieces = self._kept(self._window)
        return self._window

    def batch(self) -> Batch:
        """Return the rows of the window to be sent next, none where all of them are sent."""
        is_numbers = all(isinstance(block, Numbers) for _, block in self._pieces)
        is_columns = self._takes_columns and is_numbers and self.row >= self._as_json_below
        most = self._column_bytes if is_columns else self._json_bytes
        pieces: list[Piece] = []
        size = rows = 0
        first = self.offset
        for row, block in self._pieces:
            each = block.record_size if is_columns else block.json_size
            room = (most - size) // each if is_columns else min((most - size) // each, JSON_ROWS - rows)
            if pieces and (room < 1 or self.offsets.of(row) != first + rows):
                break
            count = min(block.count, max(1, room), self._until_move(row))
            pieces.append((row, block.part(0, count)))
            size, rows = size + count * each, rows + count
            if count < block.count:
                break
        return Batch(first, pieces, is_columns)

    def body(self, batch: Batch, told: Mapping[str, Any]) -> tuple[bytes, str]:
        """Return the body of the request and its type; `told` is what else it says.

        Raises `Unfit` for rows that have to go as JSON.
        """
        if batch.is_columns and batch.pieces:
            blocks = [block for _, block in batch.pieces if isinstance(block, Numbers)]
            return columns_body(batch.offset, blocks, told), MEDIA_TYPE
        rows = ",".join(row for _, block in batch.pieces for row in block.rows())
        extra = "".join(f',"{name}":{json.dumps(value)}' for name, value in told.items())
        return f'{{"offset":{batch.offset},"{self.kind.items}":[{rows}]{extra}}}'.encode(), JSON_TYPE

    def is_last(self, batch: Batch) -> bool:
        """Tell whether the batch has all that is left of the window."""
        return batch.rows == sum(block.count for _, block in self._pieces)

    def accepted(self, batch: Batch) -> None:
        """The server has the rows of the batch."""
        left = batch.rows
        while left:
            row, block = self._pieces.pop(0)
            if block.count > left:
                self._pieces.insert(0, (row + left, block.part(left, block.count)))
            left = max(0, left - block.count)

    def is_sent(self, window: Window) -> bool:
        """Tell whether the server has the rows and changes of the window, which is still the one at hand."""
        return self._window is window and not self._pieces and not any(window.changes.values())

    def done(self) -> None:
        """The server has all of the window: read the next one."""
        if self._window is not None:
            self._reader.go(self._window.end)
            self._window = None
            self._save()
            self.journal.release(self._reader.place.segment)

    def drop(self, batch: Batch, place: int | None) -> int:
        """Leave out the row of a batch that the server refuses, or all of it; return how many rows that is."""
        dropped = batch.pieces if place is None else [_row_at(batch.pieces, place)]
        for row, block in dropped:
            self.offsets.drop(row, block.count)
        if self._window is not None:
            self._pieces = [piece for piece in self._kept(self._window) if piece[0] >= batch.pieces[0][0]]
        self._save()
        return sum(block.count for _, block in dropped)

    def send_less(self, batch: Batch) -> bool:
        """Send smaller batches after one that was too large; return False where it is a single row already."""
        if batch.rows < 2:
            return False
        if batch.is_columns:
            self._column_bytes = sum(block.count * block.record_size for _, block in batch.pieces) // 2
        else:
            self._json_bytes = sum(block.count * block.json_size for _, block in batch.pieces) // 2
        return True

    def send_as_json(self, batch: Batch, *, always: bool) -> None:
        """Send the rows of a batch of columns as JSON, or (`always`) no more columns at all."""
        self._takes_columns = self._takes_columns and not always
        self._as_json_below = batch.pieces[-1][0] + batch.pieces[-1][1].count

    def resume_at(self, expected: int) -> int:
        """Go on with number `expected` of the run, which the server wants next; return how many rows are lost to it."""
        current = self.row
        gap = self.offset - expected
        if gap > 0:
            row = self.offsets.row_of(expected, current)
            place = self._reader.start_of(row)
            if place is not None:
                gap = self.offsets.of(row) - expected
                self._reader.go(place)
                self._window, self._pieces, self._skip_to, current = None, [], row, row
        if gap:
            self.offsets.move(current, -gap)
        self._save()
        return max(0, gap)

    def skip_to(self, row: int) -> None:
        """The server has the rows of the journal before `row`; to be called before anything is sent."""
        self._skip_to = row

    def moved(self, by: int, row: int | None = None) -> None:
        """Others have added `by` rows to the run, before the next row, or before `row`."""
        self.offsets.move(self.row if row is None else row, by)
        self._save()

    def count_left(self) -> int:
        """Return how many rows the journal has from the next one on."""
        return self._reader.count_left()

    def stamps(self, most: int) -> list[tuple[int, Any]]:
        """Return number in the journal and time of logging of the next rows, `most` of them, without dropped ones."""
        ahead = self._reader.copy()
        found: list[tuple[int, Any]] = []
        while len(found) < most and (window := ahead.read(COLUMN_BYTES)) is not None:
            for row, block in self.offsets.kept(window.blocks, window.start.row):
                found += enumerate(block.stamps(), start=row)
            ahead.go(window.end)
        return found[:most]

    def _kept(self, window: Window) -> list[Piece]:
        pieces = self.offsets.kept(window.blocks, window.start.row)
        skip = self._skip_to
        return [
            (max(row, skip), block.part(max(0, skip - row), block.count))
            for row, block in pieces
            if row + block.count > skip
        ]

    def _until_move(self, row: int) -> int:
        return min((first - row for first, _ in self.offsets.moves if first > row), default=2**63)

    def _save(self) -> None:
        self._progress.save(self._reader.place, self.offsets)


def _row_at(pieces: Sequence[Piece], place: int) -> Piece:
    for row, block in pieces:
        if place < block.count:
            return row + place, block.part(place, place + 1)
        place -= block.count
    raise IndexError(place)
