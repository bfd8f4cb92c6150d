"""What is selected in the charts of a sweep: clauses that must all hold, as the address `sel` writes them.

    [{"number": "config.lr", "in": [[1e-4, 0.01], null], "log": true},
     {"category": "config.optimizer", "in": ["adam", "sgd"]},
     {"lasso": ["config.lr", "objective"], "log": [true, false], "points": [[1e-4, 0.1], [1e-2, 0.1], [1e-2, 0.9]]},
     {"runs": ["k3f0a9x2", "p81mq0zz"]},
     {"filter": "lr < 0.1 and state = finished"}]

A column is named by its key in the table of runs, or `order`. Among the alternatives of a clause null is "no value", an
end of a span that is null is open. Categories are named by their labels (`analysis/encoding.py`); those of an axis of a
lasso are its `labels`, and their places there 0, 1, 2 and so on.
"""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sweeps_app.query.columns import Kind, column_of
from sweeps_app.query.parser import MAX_LENGTH as MAX_FILTER

ORDER = "order"
MAX_LENGTH = 20_000
MAX_CLAUSES = 50
MAX_ALTERNATIVES = 200
MAX_POINTS = 500
MAX_RUNS = 1_000

Span = tuple[float | None, float | None]


class SelectionError(ValueError):
    """The text is no selection; the message says where, and what to write instead."""


@dataclass(frozen=True)
class Numbers:
    """The column has a finite number in one of `spans`, ends included; with `missing` also where it has none.

    On a `log` scale numbers that are not positive have no place, so that they count as missing.
    """

    key: str
    spans: tuple[Span, ...]
    missing: bool = False
    log: bool = False


@dataclass(frozen=True)
class Labels:
    """The column has a value with one of `labels`; with `missing` also where it has none."""

    key: str
    labels: tuple[str, ...]
    missing: bool = False


@dataclass(frozen=True)
class Lasso:
    """The place of the run by two columns lies in a polygon, whose edges are straight on the scales it was drawn on.

    `points` are in the columns' own units. `labels` name for each axis its categories, None for numbers.
    """

    keys: tuple[str, str]
    log: tuple[bool, bool]
    points: tuple[tuple[float, float], ...]
    labels: tuple[tuple[str, ...] | None, tuple[str, ...] | None] = (None, None)


@dataclass(frozen=True)
class Runs:
    """The run has one of some ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class Filter:
    """The run passes a filter of the table, in its query language (docs/runs-table.md)."""

    text: str


Clause = Numbers | Labels | Lasso | Runs | Filter


@dataclass(frozen=True)
class Selection:
    """Clauses that all hold; without any everything is selected."""

    clauses: tuple[Clause, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clauses)

    def __str__(self) -> str:
        clauses = [_written(clause) for clause in self.clauses]
        return json.dumps(clauses, separators=(",", ":"), ensure_ascii=False) if clauses else ""

    @property
    def digest(self) -> str:
        """A short name of what is selected, for keeping what was made of it; "" for everything."""
        return hashlib.sha256(str(self).encode()).hexdigest() if self.clauses else ""

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the columns by which it selects."""
        return frozenset(key for clause in self.clauses for key in _keys_of(clause))

    def without(self, place: int) -> "Selection":
        """Return the selection without the clause at a place."""
        return Selection(self.clauses[:place] + self.clauses[place + 1 :])


NOTHING_SELECTED = Selection()


def read_selection(text: str) -> Selection:
    """Return the selection that an address names, the empty one for ""; raises `SelectionError`."""
    if not text.strip():
        return NOTHING_SELECTED
    if len(text) > MAX_LENGTH:
        raise SelectionError(f"has more than {MAX_LENGTH:,} characters: select less, or use a filter of the table")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise SelectionError('is no JSON: write clauses such as [{"number": "config.lr", "in": [[0.1, 1]]}]') from None
    clauses = _list(given, "", MAX_CLAUSES)
    return Selection(tuple(_clause(clause, f"[{i}]") for i, clause in enumerate(clauses)))


def _clause(given: Any, at: str) -> Clause:
    kind = next((name for name in _READERS if isinstance(given, dict) and name in given), None)
    if kind is None:
        raise SelectionError(f"{at} is no clause: it needs one of {', '.join(_READERS)}")
    return _READERS[kind](given, at)


def _numbers(given: dict[str, Any], at: str) -> Numbers:
    found = _list(given.get("in"), f"{at}.in", MAX_ALTERNATIVES)
    spans = tuple(_span(entry, f"{at}.in[{i}]") for i, entry in enumerate(found) if entry is not None)
    return Numbers(_key(given["number"], f"{at}.number"), spans, None in found, given.get("log") is True)


def _span(given: Any, at: str) -> Span:
    if isinstance(given, list) and len(given) == 2 and all(end is None or _is_number(end) for end in given):
        low, high = (None if end is None else float(end) for end in given)
        if low is None or high is None or low <= high:
            return low, high
    raise SelectionError(f"{at} must be [low, high], where null is an open end, or null for no value")


def _labels(given: dict[str, Any], at: str) -> Labels:
    found = _list(given.get("in"), f"{at}.in", MAX_ALTERNATIVES)
    labels = _texts([entry for entry in found if entry is not None], f"{at}.in")
    return Labels(_key(given["category"], f"{at}.category"), labels, None in found)


def _lasso(given: dict[str, Any], at: str) -> Lasso:
    keys = _list(given["lasso"], f"{at}.lasso", 2)
    log = _list(given.get("log", [False, False]), f"{at}.log", 2)
    labels = _list(given.get("labels", [None, None]), f"{at}.labels", 2)
    points = _list(given.get("points"), f"{at}.points", MAX_POINTS)
    if len(keys) != 2 or len(log) != 2 or len(labels) != 2:
        raise SelectionError(f"{at} must name two columns, and where it has log or labels both entries of these")
    if len(points) < 3 or not all(isinstance(p, list) and len(p) == 2 and all(map(_is_number, p)) for p in points):
        raise SelectionError(f"{at}.points must be three or more [x, y]")
    if any(scale is True and point[i] <= 0 for i, scale in enumerate(log) for point in points):
        raise SelectionError(f"{at}.points must be positive on a log scale")
    texts = [None if axis is None else _texts(axis, f"{at}.labels[{i}]") for i, axis in enumerate(labels)]
    return Lasso(
        keys=(_key(keys[0], f"{at}.lasso[0]"), _key(keys[1], f"{at}.lasso[1]")),
        log=(log[0] is True, log[1] is True),
        points=tuple((float(x), float(y)) for x, y in points),
        labels=(texts[0], texts[1]),
    )


def _runs(given: dict[str, Any], at: str) -> Runs:
    return Runs(_texts(_list(given["runs"], f"{at}.runs", MAX_RUNS), f"{at}.runs"))


def _filter(given: dict[str, Any], at: str) -> Filter:
    text = given["filter"]
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_FILTER:
        raise SelectionError(f"{at}.filter must be a filter of the table of 1 to {MAX_FILTER:,} characters")
    return Filter(text.strip())


_READERS: dict[str, Callable[[dict[str, Any], str], Clause]] = {
    "number": _numbers,
    "category": _labels,
    "lasso": _lasso,
    "runs": _runs,
    "filter": _filter,
}


def _list(given: Any, at: str, most: int) -> list[Any]:
    if not isinstance(given, list) or not given:
        raise SelectionError(f"{at} must be a list of at least one entry".strip())
    if len(given) > most:
        raise SelectionError(f"{at} has more than {most:,} entries".strip())
    return given


def _texts(given: Any, at: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(text, str) and "\x00" not in text for text in given):
        raise SelectionError(f"{at} must be a list of texts")
    return tuple(dict.fromkeys(given))


def _key(given: Any, at: str) -> str:
    column = column_of(given) if isinstance(given, str) else None
    if given == ORDER or (column is not None and column.kind not in (Kind.TAGS, Kind.FLAG)):
        return ORDER if column is None else column.key
    raise SelectionError(f"{at} names no column of charts: use config.NAME, summary.NAME, objective, state or {ORDER}")


def _is_number(given: Any) -> bool:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return False
    try:
        return math.isfinite(float(given))
    except OverflowError:
        return False


def _keys_of(clause: Clause) -> tuple[str, ...]:
    match clause:
        case Numbers(key) | Labels(key):
            return (key,)
        case Lasso(keys):
            return keys
        case Runs() | Filter():
            return ()


def _written(clause: Clause) -> dict[str, Any]:
    match clause:
        case Numbers(key, spans, missing, log):
            alternatives: Sequence[Any] = [*map(list, spans), *([None] if missing else [])]
            return {"number": key, "in": alternatives} | ({"log": True} if log else {})
        case Labels(key, labels, missing):
            return {"category": key, "in": [*labels, *([None] if missing else [])]}
        case Lasso(keys, log, points, labels):
            named = {"labels": list(labels)} if any(labels) else {}
            return {"lasso": list(keys), "log": list(log), "points": [list(point) for point in points]} | named
        case Runs(ids):
            return {"runs": list(ids)}
        case Filter(text):
            return {"filter": text}
