"""Which chunks of a stream are to be merged: few large chunks read fast, and each row is rewritten only a few times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

FAN_IN = 16
# A merged chunk is about what a page of a long run reads, and what one write of the database may take.
TARGET_ROWS = 65_536
TARGET_BYTES = 4 * 2**20
# What one chunk is when it is read, in bytes: what says the same again and again is stored in next to none.
MOST_UNPACKED = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored chunk without its content; `size` is in bytes."""

    pk: int
    rows: int
    size: int
    level: int


def groups_to_merge(chunks: Sequence[Stored], *, is_ended: bool) -> Iterator[list[Stored]]:
    """Yield groups of two or more chunks that follow each other, each to become one chunk; `chunks` are in order.

    While rows still come, only chunks of one level are merged, 16 at a time or as many as make a full one: a row is
    then rewritten once a level, and levels grow sixteenfold. Once they have ended, all that fit together are.
    """
    if is_ended:
        yield from (group for group, _ in _packed(chunks, len(chunks)) if len(group) > 1)
        return
    for _, level in groupby(chunks, lambda chunk: chunk.level):
        yield from (group for group, is_full in _packed(level, FAN_IN) if is_full and len(group) > 1)


def parts_that_fit(sizes: Sequence[int]) -> Iterator[slice]:
    """Yield the parts of a group, of whose chunks these are the unpacked sizes, that may become one chunk each."""
    start, total = 0, 0
    for place, size in enumerate(sizes):
        if place > start and total + size > MOST_UNPACKED:
            yield slice(start, place)
            start, total = place, 0
        total += size
    yield slice(start, len(sizes))


def is_large(chunk: Stored) -> bool:
    """Tell whether a chunk is so large that merging it is not worth it."""
    return 2 * chunk.rows > TARGET_ROWS or 2 * chunk.size > TARGET_BYTES


def _packed(chunks: Iterable[Stored], most: int) -> Iterator[tuple[list[Stored], bool]]:
    """Yield groups within the limits and of at most `most` chunks, and whether they are full."""
    group: list[Stored] = []
    for chunk in chunks:
        if group and not _fits([*group, chunk]):
            yield group, True
            group = []
        group.append(chunk)
        if len(group) == most:
            yield group, True
            group = []
    yield group, False


def _fits(group: Sequence[Stored]) -> bool:
    return sum(chunk.rows for chunk in group) <= TARGET_ROWS and sum(chunk.size for chunk in group) <= TARGET_BYTES
