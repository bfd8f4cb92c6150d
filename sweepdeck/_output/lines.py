"""Lines from what a program writes, as a terminal would show them: of a bar that is rewritten, a state now and then."""

import re
from collections.abc import Iterable

MAX_LINE = 100_000
# A line that is rewritten is told after a second, and more rarely the longer that goes on.
FIRST_SECONDS, LONGEST_SECONDS, _PARTS = 1.0, 10.0, 50
# Nested bars are no more than so many.
_MAX_ROWS = 50
_MOVES = re.compile(r"(\r*\n|\r|\x1b\[\d*A)")


class _Row:
    """A line of the terminal that may still change; `told` is the state of it that was told last."""

    def __init__(self, told: str | None = None, *, is_rewritten: bool = False) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.told = told
        self.is_rewritten = is_rewritten
        self.is_at_start = False

    def add(self, text: str) -> None:
        if self.is_at_start:
            self.is_at_start = False
            self.parts, self.length = [], 0
        if self.length <= MAX_LINE:
            self.parts.append(text)
        self.length += len(text)

    @property
    def text(self) -> str:
        return _cut("".join(self.parts), self.length)

    @property
    def is_new(self) -> bool:
        """Whether there is something that was not told."""
        return self.told is None or self.text != self.told

    def tell(self) -> str:
        self.told = self.text
        return self.told


class Lines:
    """Cuts what one stream gets into lines.

    A line is complete at its newline. One that is rewritten, by a carriage return or by a cursor that has moved up, is
    told in between by the state that it has had for a while. Times are seconds of any clock that does not go back.
    """

    def __init__(self) -> None:
        self._rows, self._place = [_Row()], 0
        self._began = self._told_at = 0.0

    def feed(self, text: str, now: float) -> list[str]:
        """Take in what is written and return the lines that are told now."""
        row = self._rows[self._place]
        if len(self._rows) > 1 or row.is_rewritten or "\r" in text or "\x1b[" in text:
            return self._move(text, now)
        lines = text.split("\n")
        last = lines.pop()
        if lines:
            if row.length:
                row.add(lines[0])
                lines[0] = row.text
                self._rows = [row := _Row()]
            if len(text) > MAX_LINE:
                lines = [_cut(line, len(line)) for line in lines]
        if last:
            row.add(last)
        return lines

    def due(self, now: float) -> list[str]:
        """Return states of rewritten lines that have waited long enough."""
        if not any(row.is_rewritten for row in self._rows):
            return []
        age = now - self._began
        if now - self._told_at < min(LONGEST_SECONDS, max(FIRST_SECONDS, age / _PARTS)):
            return []
        shown = [row for row in self._rows if row.is_rewritten and row.is_new and not row.text.isspace() and row.length]
        if shown:
            self._told_at = now
        return [row.tell() for row in shown]

    def rest(self) -> list[str]:
        """Return what was not told, at the end of the stream."""
        left = [row.text for row in self._rows if row.length and row.is_new]
        self._rows, self._place = [_Row()], 0
        return left

    def _move(self, text: str, now: float) -> list[str]:
        told: list[str] = []
        for piece in _MOVES.split(text):
            row = self._rows[self._place]
            if piece.endswith("\n"):
                told += self._down()
            elif piece == "\r":
                self._rewrite(row, now)
            elif _MOVES.fullmatch(piece):
                self._up(int(piece[2:-1] or 1), now)
            elif piece:
                if row.is_at_start:
                    told += self.due(now)
                row.add(piece)
        return told

    def _rewrite(self, row: _Row, now: float) -> None:
        row.is_at_start = True
        if not row.is_rewritten:
            if not any(other.is_rewritten for other in self._rows):
                self._began = self._told_at = now
            row.is_rewritten = True

    def _down(self) -> Iterable[str]:
        if self._place < len(self._rows) - 1:
            self._place += 1
            self._rows[self._place].is_at_start = True
            return []
        told = [row.tell() for row in self._rows if row.is_new]
        self._rows, self._place = [_Row()], 0
        return told

    def _up(self, count: int, now: float) -> None:
        for row in self._rows:
            self._rewrite(row, now)
            row.is_at_start = False
        missing = min(count - self._place, _MAX_ROWS - len(self._rows))
        if missing > 0:
            self._rows[:0] = [_Row("", is_rewritten=True) for _ in range(missing)]
            self._place += missing
        self._place = max(0, self._place - count)


def _cut(text: str, length: int) -> str:
    """Return a line no longer than may be sent; `length` is what it had."""
    if length <= MAX_LINE:
        return text
    note = f"… ({length:,} characters)"
    return text[: MAX_LINE - len(note)] + note
