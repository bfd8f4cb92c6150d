"""Which row of the run a row of the journal is."""

from collections.abc import Sequence

from sweepdeck._spool.blocks import Block


class Offsets:
    """Translates between the rows of a journal and those of the run, as the server counts them.

    They differ by what the run had before (`base`), by rows that were dropped since the server refuses them, and by
    rows of others that came between (`moves`: from a row of the journal on, by how many).
    """

    def __init__(self, base: int, dropped: Sequence[Sequence[int]] = (), moves: Sequence[Sequence[int]] = ()) -> None:
        self.base = base
        self.dropped = [(first, count) for first, count in dropped]
        self.moves = [(first, by) for first, by in moves]

    def of(self, row: int) -> int:
        """Return the number in the run of a row of the journal; of a dropped one, that of the next."""
        gone = sum(min(count, row - first) for first, count in self.dropped if first < row)
        return self.base + row - gone + sum(by for first, by in self.moves if first <= row)

    def row_of(self, offset: int, below: int) -> int:
        """Return the first row of the journal, up to `below`, that is number `offset` of the run or a later one."""
        low, high = 0, below
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.of(middle) < offset else (low, middle)
        return low

    def drop(self, row: int, count: int = 1) -> None:
        """Leave out rows that the server refuses."""
        self.dropped.append((row, count))

    def move(self, row: int, by: int) -> None:
        """From `row` on, the run counts `by` rows more than were logged here."""
        self.moves.append((row, by))

    def kept(self, blocks: Sequence[Block], first_row: int) -> list[tuple[int, Block]]:
        """Return what is left of blocks without the dropped rows, each with the number of its first row."""
        found: list[tuple[int, Block]] = []
        row = first_row
        for block in blocks:
            found += _without(block, row, self.dropped)
            row += block.count
        return found


def _without(block: Block, row: int, gaps: Sequence[tuple[int, int]]) -> list[tuple[int, Block]]:
    pieces = [(0, block.count)]
    for first, count in gaps:
        begin, end = first - row, first - row + count
        if begin < block.count and end > 0:
            halves = [half for low, high in pieces for half in ((low, min(high, begin)), (max(low, end), high))]
            pieces = [(low, high) for low, high in halves if low < high]
    return [(row + low, block.part(low, high)) for low, high in pieces]
