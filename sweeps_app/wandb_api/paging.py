"""Lists as the client pages through them: edges with cursors."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

from sweeps_app.errors import InvalidInput

MAX_FIRST = 1_000


def start_of(after: str | None) -> int:
    """Return the place that follows a cursor; raises `InvalidInput` for a cursor of somebody else."""
    if not after:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) < 16):
        raise InvalidInput.of("after", "is no cursor of this server")
    return int(after)


def size_of(first: int | None, default: int = 50) -> int:
    """Return how many entries a page has."""
    return min(max(default if first is None else first, 0), MAX_FIRST)


def connection(rows: QuerySet[Any, Any] | Sequence[Any], first: int | None, after: str | None) -> dict[str, Any]:
    """Return a page of `first` rows after a cursor; cursors count rows."""
    start, size = start_of(after), size_of(first)
    found = list(rows[start : start + size + 1])
    return page(found[:size], start, has_next=len(found) > size)


def whole(rows: Sequence[Any]) -> dict[str, Any]:
    """Return all rows as one page."""
    return page(rows, 0, has_next=False)


def page(rows: Sequence[Any], start: int, *, has_next: bool) -> dict[str, Any]:
    """Return rows, of which the first one has number `start`, as a page."""
    edges = [{"node": row, "cursor": str(number)} for number, row in enumerate(rows, start=start + 1)]
    return {
        "edges": edges,
        "pageInfo": {"endCursor": edges[-1]["cursor"] if edges else None, "hasNextPage": has_next},
    }


def time_text(value: Any) -> str | None:
    """Return a time as the client reads it."""
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%SZ")


def by(name: str) -> Callable[[Any], Any]:
    """Return what reads a time of a row."""
    return lambda row: time_text(getattr(row, name))
