"""Rows as they lie in a spool: stretches of rows of one shape, and single rows as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sweepdeck._spool.records import HEAD
from sweepdeck._spool.shapes import STEP, TIMESTAMP, Shape
from sweepdeck._values import encode


@dataclass(frozen=True, slots=True)
class Numbers:
    """`count` rows of one shape, whose records lie one after another in `words` (64 bits each) from `start` on."""

    shape: Shape
    words: memoryview
    start: int
    count: int

    @property
    def record_size(self) -> int:
        """How many bytes a row takes in the spool."""
        return self.shape.size

    @property
    def json_size(self) -> int:
        """About how many bytes a row takes as JSON."""
        return self.shape.json_size

    def column(self, place: int) -> memoryview:
        """Return the 64-bit words at `place` of each record: 1 is the step, 2 the timestamp, 3 the first value."""
        stride = self.shape.size // 8
        first = self.start // 8 + place
        return self.words[first : first + (self.count - 1) * stride + 1 : stride]

    def stamps(self) -> list[Any]:
        """Return when each row was logged."""
        return self.words.cast("B").cast("d")[self.start // 8 + 2 :: self.shape.size // 8][: self.count].tolist()

    def rows(self) -> Iterator[str]:
        """Return each row as JSON, with step and timestamp."""
        names, unpack = self.shape.names, self.shape.body.unpack_from
        data = self.words.cast("B")
        for index in range(self.count):
            step, timestamp, *values = unpack(data, self.start + index * self.shape.size + HEAD.size)
            row: dict[str, Any] = dict(zip(names, values, strict=True))
            yield encode(row | {STEP: step, TIMESTAMP: timestamp})

    def part(self, first: int, end: int) -> "Numbers":
        """Return rows `first` to `end - 1` of these."""
        return replace(self, start=self.start + first * self.shape.size, count=end - first)


@dataclass(frozen=True, slots=True)
class Text:
    """One row, or one item of another kind, as JSON in UTF-8."""

    text: bytes
    count: int = 1

    @property
    def record_size(self) -> int:
        """How many bytes the row takes in the spool."""
        return len(self.text) + HEAD.size

    @property
    def json_size(self) -> int:
        """How many bytes the row takes as JSON."""
        return len(self.text)

    def stamps(self) -> list[Any]:
        """Return when the row was logged, or the line was printed."""
        item = json.loads(self.text)
        return [item.get(TIMESTAMP) if isinstance(item, dict) else item[0]]

    def rows(self) -> Iterator[str]:
        """Return the row."""
        yield self.text.decode()

    def part(self, first: int, end: int) -> "Text":
        """Return the row, which is the only one."""
        del first, end
        return self


Block = Numbers | Text
