"""Runs grouped by some columns, with figures of the others, in memory that grows with the groups alone."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from django.db.models import F
from django.db.models.functions import TruncDate
from numpy.typing import NDArray

from sweeps_app.errors import InvalidInput
from sweeps_app.query.columns import Column, Kind, split_keys
from sweeps_app.query.literals import seconds_of
from sweeps_app.query.tokens import named, quoted
from sweeps_app.selectors.group_figures import Figures, GroupFigures
from sweeps_app.selectors.json_sql import JsonMissing
from sweeps_app.selectors.run_expressions import flag, model_field, number, paths, runtime, seconds, text
from sweeps_app.selectors.run_scope import RunScope
from sweeps_app.selectors.runs import RunQuery, runs_found

MAX_GROUPS = 10_000
MAX_KEYS = 5
MAX_QUERY = 2_000  # characters; a filter stands before it, and both together have a limit
COUNT = "count"  # the key by which groups are sorted by their number of runs
_CHUNK = 2_000
_NUMBERS = (Kind.NUMBER, Kind.DURATION, Kind.JSON)


class Other(NamedTuple):
    """Stands for what a key cannot tell apart: lists and objects."""

    text: str = "list or object"


class Tags(NamedTuple):
    """The tags of a run, in alphabetical order: a run with two tags is in one group, so that groups add up."""

    tags: tuple[str, ...]

    @property
    def text(self) -> str:
        """The tags as people read them."""
        return ", ".join(self.tags)


class Lasted(NamedTuple):
    """From `place - 1` to `place` of `LENGTHS`, without the latter; below the first, or from the last on."""

    place: int

    @property
    def text(self) -> str:
        """The range as people read it."""
        if self.place == 0:
            return f"under {LENGTHS[0]}"
        if self.place == len(LENGTHS):
            return f"{LENGTHS[-1]} and more"
        return f"{LENGTHS[self.place - 1]} to {LENGTHS[self.place]}"


# Where one range of runtimes ends and the next begins.
LENGTHS = ("1s", "10s", "1m", "10m", "1h", "6h", "1d", "1w")
_SECONDS = [seconds_of(length) for length in LENGTHS]
OTHER = Other()
KeyValue = str | float | bool | None | Other | Tags | Lasted


@dataclass(frozen=True)
class RunGroup:
    """Runs that have the same in the keys; `figures` has an entry for each column, None where no run has a number.

    `known_tags` are those of all groups.
    """

    values: tuple[KeyValue, ...]
    count: int
    figures: list[Figures | None]
    known_tags: frozenset[str] = frozenset()

    def query(self, keys: Sequence[Column]) -> str | None:
        """Return what finds exactly these runs, in the query language; None where it cannot say that."""
        if OTHER in self.values:
            return None
        found = " and ".join(_test(key, value, self.known_tags) for key, value in zip(keys, self.values, strict=True))
        return found if len(found) <= MAX_QUERY else None


def run_groups(scope: RunScope, query: RunQuery, keys: Sequence[Column], columns: Sequence[Column]) -> list[RunGroup]:
    """Return the groups of the runs that `query` finds, in its order.

    A group is sorted by its keys, its number of runs (`count`), or its mean of a column; by its keys where the query
    does not say. Moments are grouped by their day (UTC), lengths of time by ranges, tags by all that a run has. Raises
    `InvalidInput` for more than five keys and for more than 10,000 groups.
    """
    if len(keys) > MAX_KEYS:
        raise InvalidInput.of("group", f"has more than {MAX_KEYS} columns")
    readers = [_reader(key, scope) for key in keys]
    expressions = [e for reader in readers for e in reader.expressions]
    values = [_value(column, scope) for column in columns]
    runs = runs_found(scope, query).order_by("pk").values_list(*expressions, *values)
    # To a dictionary 1 and true are the same: each value goes with its type.
    known: dict[tuple[Any, ...], int] = {}
    gathered = GroupFigures(len(columns))
    rows = runs.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        found = [_keys(readers, row) for row in chunk]
        places = np.array([known.setdefault((*key, *map(type, key)), len(known)) for key in found])
        if len(known) > MAX_GROUPS:
            raise InvalidInput.of("group", f"makes more than {MAX_GROUPS:,} groups: take fewer or coarser columns")
        gathered.add(places, _matrix(chunk, len(expressions), len(columns)))
    counts, figures = gathered.counts(), gathered.figures()
    tags = frozenset(tag for key in known for value in key if isinstance(value, Tags) for tag in value.tags)
    groups = [RunGroup(key[: len(keys)], counts[i], figures[i], tags) for key, i in known.items()]
    return _sorted(groups, query, keys, columns)


def is_number(column: Column) -> bool:
    """Tell whether groups can have figures of a column."""
    return column.kind in _NUMBERS


class _Reader(NamedTuple):
    """Reads a key from a row: from so many expressions."""

    expressions: list[Any]
    decode: Callable[[Sequence[Any]], KeyValue]


def _reader(column: Column, scope: RunScope) -> _Reader:
    if column.kind is Kind.JSON:
        missing = JsonMissing(column.source, paths(column, scope)[0])
        return _Reader([number(column, scope), text(column, scope), flag(column, scope), missing], _json_value)
    if column.kind is Kind.TIME:
        day = TruncDate(model_field(column), tzinfo=UTC)
        return _Reader([day], lambda row: None if row[0] is None else row[0].isoformat())
    if column.kind is Kind.NUMBER:
        return _Reader([number(column, scope)], lambda row: row[0])
    if column.kind is Kind.DURATION:
        return _Reader([runtime()], lambda row: None if row[0] is None else _lasted(row[0].total_seconds()))
    if column.kind is Kind.TAGS:
        return _Reader([F("tags")], lambda row: Tags(tuple(sorted(set(row[0])))) if row[0] else None)
    return _Reader([F(model_field(column))], lambda row: None if row[0] == "" else row[0])


def _lasted(seconds: float) -> Lasted:
    return Lasted(bisect_right(_SECONDS, seconds))


def _json_value(row: Sequence[Any]) -> KeyValue:
    found, written, truth, missing = row
    if found is not None:
        return float(found)
    if written is not None:
        return str(written)
    return None if missing else truth == "true" if truth is not None else OTHER


def _keys(readers: Sequence[_Reader], row: Sequence[Any]) -> tuple[KeyValue, ...]:
    keys, place = [], 0
    for expressions, decode in readers:
        keys.append(decode(row[place : place + len(expressions)]))
        place += len(expressions)
    return tuple(keys)


def _value(column: Column, scope: RunScope) -> Any:
    return seconds() if column.kind is Kind.DURATION else number(column, scope)


def _matrix(rows: Sequence[Sequence[Any]], first: int, count: int) -> NDArray[np.float64]:
    """Return the numbers of rows, NaN for what is missing."""
    return np.array([row[first:] for row in rows], dtype=np.float64).reshape(len(rows), count)


def _test(key: Column, value: KeyValue, known_tags: frozenset[str]) -> str:
    name = named(key.key)
    if isinstance(value, Tags):
        others = ", ".join(map(quoted, sorted(known_tags - set(value.tags))))
        has = [f"{name} contains {quoted(tag)}" for tag in value.tags]
        return " and ".join([*has, *([f"{name} not in ({others})"] if others else [])])
    if isinstance(value, Lasted):
        low = [f"{name} >= {LENGTHS[value.place - 1]}"] if value.place else []
        high = [f"{name} < {LENGTHS[value.place]}"] if value.place < len(LENGTHS) else []
        return " and ".join([*low, *high])
    if value is None:
        return f"{name} is null"
    if isinstance(value, bool):
        return f"{name} = {str(value).lower()}"
    if isinstance(value, str):
        return f"{name} = {value if key.kind is Kind.TIME else quoted(value)}"
    return f"{name} = {value!r}"


def _sorted(
    groups: list[RunGroup], query: RunQuery, keys: Sequence[Column], columns: Sequence[Column]
) -> list[RunGroup]:
    """Return groups in their order: what is missing comes last, in either direction."""
    groups.sort(key=lambda group: [_rank(value) for value in group.values])
    for key in reversed(split_keys(query.sort)):
        reads = _sort_reader(key.removeprefix("-"), keys, columns)
        if reads is not None:
            have = [group for group in groups if reads(group) is not None]
            rest = [group for group in groups if reads(group) is None]
            groups = sorted(have, key=lambda group: _rank(reads(group)), reverse=key.startswith("-")) + rest
    return groups


def _sort_reader(key: str, keys: Sequence[Column], columns: Sequence[Column]) -> Callable[[RunGroup], KeyValue] | None:
    names, shown = [column.key for column in keys], [column.key for column in columns]
    if key == COUNT:
        return lambda group: float(group.count)
    if key in names:
        return lambda group: group.values[names.index(key)]
    if key in shown:
        return lambda group: figures.mean if (figures := group.figures[shown.index(key)]) else None
    return None


def _rank(value: KeyValue) -> tuple[int, float, str]:
    """Return what values of any type are sorted by: numbers, texts, false and true, lists, nothing."""
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, float | int):
        return 0, float(value), ""
    if isinstance(value, Lasted):
        return 0, float(value.place), ""
    if isinstance(value, str | Tags):
        return 1, 0.0, value if isinstance(value, str) else value.text
    return (4, 0.0, "") if value is None else (3, 0.0, "")
