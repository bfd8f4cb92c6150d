"""How much there is of what a run tells, in words."""

from typing import NamedTuple


class Amount(NamedTuple):
    """Rows of the history, lines of output, and files."""

    rows: int = 0
    lines: int = 0
    files: int = 0

    def __str__(self) -> str:
        nouns = ("row", "line", "file")
        parts = [f"{number:,} {noun}{'s' * (number != 1)}" for number, noun in zip(self, nouns, strict=True) if number]
        return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))) or "0 rows"
