"""Runs that meet conditions in the language of MongoDB, as clients of Weights & Biases write them.

`{"$and": [{"state": "finished"}, {"config.lr": {"$lt": 0.1}}, {"tags": {"$in": ["a", "b"]}}]}`. A key is one of
`run_keys.py`, `tags`, `config.NAME` with or without `.value` after the parameter, or `summary_metrics.NAME`. Values are
compared as numbers where they are numbers and as text where they are text; a run without the value differs from any.
"""

import re
from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
    Regex,
)

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run
from sweeps_app.selectors.json_sql import JsonFlag, JsonHas, JsonNumber, JsonText
from sweeps_app.selectors.run_keys import DATES, FIELDS, json_path, number, operand, text_of, values_of

MAX_DEPTH = 20
MAX_CONDITIONS = 1_000
MAX_PATTERN = 500
_TAGS = "tags"
# Where a client has one word for several of our states.
_STATES = {"killed": (Run.State.KILLED, Run.State.STOPPED_EARLY)}
_COMPARISONS: dict[str, type[Lookup[Any]]] = {
    "$gt": GreaterThan,
    "$gte": GreaterThanOrEqual,
    "$lt": LessThan,
    "$lte": LessThanOrEqual,
}
_GROUPS = ("$and", "$or", "$nor")


def runs_where(runs: QuerySet[Run], condition: Mapping[str, Any]) -> QuerySet[Run]:
    """Return those of `runs` that meet a condition; raises `InvalidInput`, naming the key or operator at fault."""
    return runs.filter(_all(condition, _Budget(), 0)) if condition else runs


def runs_ordered(runs: QuerySet[Run], order: str) -> QuerySet[Run]:
    """Return runs in an order such as `-summary_metrics.loss,+created_at`; those without the value come last.

    Raises `InvalidInput` for a key that does not exist.
    """
    keys = [key.strip() for key in order.split(",") if key.strip()] or ["+created_at"]
    terms = [
        OrderBy(expression, descending=key.startswith("-"), nulls_last=True)
        for key in keys
        for expression in values_of(key.lstrip("+-"))
    ]
    return runs.order_by(*terms, OrderBy(F("pk"), descending=keys[0].startswith("-")))


class _Budget:
    """Counts the conditions of a request, which are to end at some time."""

    def __init__(self) -> None:
        self._left = MAX_CONDITIONS

    def spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise InvalidInput.of("filters", f"has more than {MAX_CONDITIONS:,} conditions: send several requests")


def _all(condition: Any, budget: _Budget, depth: int) -> Q:
    if not isinstance(condition, dict):
        raise InvalidInput.of("filters", 'must be an object, such as {"state": "finished"}')
    if depth > MAX_DEPTH:
        raise InvalidInput.of("filters", f"is nested deeper than {MAX_DEPTH} levels")
    found = Q()
    for key, value in condition.items():
        found &= _group(key, value, budget, depth) if key in _GROUPS else _field(key, value, budget)
    return found


def _group(key: str, value: Any, budget: _Budget, depth: int) -> Q:
    if not isinstance(value, list):
        raise InvalidInput.of(f"filters.{key}", "must be a list of conditions")
    parts = [_all(part, budget, depth + 1) for part in value]
    if key == "$and":
        return Q(*parts)
    some = _nothing() if parts else Q()
    for part in parts:
        some |= part
    return _none_of(some) if key == "$nor" else some


def _field(key: str, value: Any, budget: _Budget) -> Q:
    budget.spend()
    if not (isinstance(value, dict) and any(name.startswith("$") for name in value)):
        return _equal(key, value)
    found = Q()
    for operator, given in value.items():
        if operator not in _OPERATORS:
            raise InvalidInput.of(f"filters.{key}.{operator}", f"is not known: use one of {', '.join(_OPERATORS)}")
        found &= _OPERATORS[operator](key, given)
    return found


def _equal(key: str, value: Any) -> Q:
    if key == _TAGS or key.startswith(f"{_TAGS}."):
        return _tagged(key, value)
    if value is None:
        return ~_exists(key)
    if key == "state":
        return Q(state__in=_STATES.get(str(value), (str(value),)))
    column = FIELDS.get(key.lower())
    if column is not None:
        return Q(**{column: operand(column, value)})
    path = json_path(key)
    real = number(value)
    if real is not None:
        return _true(Exact(JsonNumber(*path), Value(real)))
    if isinstance(value, bool):
        return _true(Exact(JsonFlag(*path), Value(str(value).lower())))
    return _true(Exact(JsonText(*path), Value(str(value))))


def _tagged(key: str, value: Any) -> Q:
    if value is None:
        return Q(tags=[])
    if key != _TAGS:
        return _true(JsonHas(_TAGS, (), key.removeprefix(f"{_TAGS}.")))
    values = value if isinstance(value, list) else [value]
    return Q(*(_true(JsonHas(_TAGS, (), str(tag))) for tag in values))


def _compare(operator: str) -> Callable[[str, Any], Q]:
    lookup = _COMPARISONS[operator]

    def compared(key: str, value: Any) -> Q:
        column = FIELDS.get(key.lower())
        if column is not None:
            return _true(lookup(F(column), Value(operand(column, value))))
        real = number(value)
        path = json_path(key)
        if real is not None:
            return _true(lookup(JsonNumber(*path), Value(real)))
        return _true(lookup(JsonText(*path), Value(str(value))))

    return compared


def _in(key: str, value: Any) -> Q:
    if not isinstance(value, list):
        raise InvalidInput.of(f"filters.{key}.$in", "must be a list")
    if len(value) > MAX_CONDITIONS:
        raise InvalidInput.of(f"filters.{key}.$in", f"has more than {MAX_CONDITIONS:,} entries")
    found = _nothing()
    for entry in value:
        found |= _equal(key, entry)
    return found


def _matches(key: str, value: Any) -> Q:
    pattern = str(value)
    if len(pattern) > MAX_PATTERN:
        raise InvalidInput.of(f"filters.{key}.$regex", f"has more than {MAX_PATTERN} characters")
    try:
        re.compile(pattern)
    except re.error as error:
        raise InvalidInput.of(f"filters.{key}.$regex", f"is no regular expression: {error}") from None
    return _true(Regex(text_of(key), pattern))


def _contains(key: str, value: Any) -> Q:
    return _true(IContains(text_of(key), str(value)))


def _exists(key: str, value: Any = True) -> Q:
    if key == _TAGS:
        found = ~Q(tags=[])
    elif column := FIELDS.get(key.lower()):
        found = ~Q(**{f"{column}__isnull": True}) & (Q() if column in DATES else ~Q(**{column: ""}))
    else:
        path = json_path(key)
        forms = (JsonNumber(*path), JsonText(*path), JsonFlag(*path))
        found = reduce(or_, (_true(IsNull(form, False)) for form in forms))
    return found if value else ~found


def _not_equal(key: str, value: Any) -> Q:
    return _none_of(_equal(key, value))


def _not_in(key: str, value: Any) -> Q:
    return _none_of(_in(key, value))


def _not(key: str, value: Any) -> Q:
    return _none_of(_field(key, value, _Budget()))


_OPERATORS: dict[str, Callable[[str, Any], Q]] = {
    "$eq": _equal,
    "$ne": _not_equal,
    "$in": _in,
    "$nin": _not_in,
    "$not": _not,
    "$exists": _exists,
    "$regex": _matches,
    "$contains": _contains,
    **{operator: _compare(operator) for operator in _COMPARISONS},
}


def _none_of(condition: Q) -> Q:
    """Return what holds where a condition does not, also where it cannot be told since there is no value."""
    return ~Q(Exists(Run.everything.filter(condition, pk=OuterRef("pk"))))


def _nothing() -> Q:
    return Q(pk__in=())


def _true(expression: Any) -> Q:
    return Q(expression)
