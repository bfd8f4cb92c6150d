"""Conditions on runs as filters of the database."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any as AnyType

from django.db.models import BooleanField, Case, F, Q, Value, When
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual

from sweeps_app.query.columns import Column, Kind
from sweeps_app.query.conditions import All, Any, Compare, Condition, Contains, Missing, Not, OneOf, Scalar, Search
from sweeps_app.selectors.json_sql import HoldsText, JsonHas, JsonMissing
from sweeps_app.selectors.run_expressions import flag, model_field, number, paths, runtime, text
from sweeps_app.selectors.run_scope import RunScope

_LOOKUPS = {"<": LessThan, "<=": LessThanOrEqual, ">": GreaterThan, ">=": GreaterThanOrEqual}
_SEARCHED = ("name", "run_id", "host")
# What both databases can count in microseconds.
_LONGEST = 9e12
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC).timestamp(), datetime(9998, 1, 1, tzinfo=UTC).timestamp()


def condition_q(condition: Condition, scope: RunScope) -> Q:
    """Return the filter that finds the runs for which a condition holds."""
    match condition:
        case All(parts):
            return Q(*(condition_q(part, scope) for part in parts))
        case Any(parts):
            return Q(*(condition_q(part, scope) for part in parts), _connector=Q.OR)
        case Not(part):
            return ~Q(_certain(condition_q(part, scope)))
        case Search(wanted):
            return Q(*(Q(HoldsText(F(name), wanted)) for name in _SEARCHED), _connector=Q.OR)
        case Compare(column, order, value):
            return Q(_LOOKUPS[order](*_compared(column, value, scope)))
        case OneOf(column, values):
            return _one_of(column, values, scope)
        case Contains(column, value):
            return _contains(column, value, scope)
        case Missing(column):
            return _missing(column, scope)


def _certain(found: Q) -> Case:
    """Return false where SQL knows neither yes nor no, as for a comparison with null: its negation is true then."""
    return Case(When(found, then=Value(True)), default=Value(False), output_field=BooleanField())


def _compared(column: Column, value: float | str, scope: RunScope) -> tuple[AnyType, AnyType]:
    if column.kind is Kind.TIME and isinstance(value, float):
        return F(model_field(column)), datetime.fromtimestamp(min(max(value, _FIRST), _LAST), UTC)
    if column.kind is Kind.DURATION and isinstance(value, float):
        return runtime(), _duration(value)
    return (text if isinstance(value, str) else number)(column, scope), value


def _one_of(column: Column, values: tuple[Scalar, ...], scope: RunScope) -> Q:
    if column.kind is Kind.FLAG:
        return Q(**{f"{model_field(column)}__in": values})
    if column.kind is Kind.DURATION:
        return Q(In(runtime(), [_duration(float(value)) for value in values if value == value]))
    flags = [str(value).lower() for value in values if isinstance(value, bool)]
    numbers = [value for value in values if isinstance(value, float) and not math.isnan(value)]
    # Not a number is stored as that text.
    texts = ["NaN" if value != value else str(value) for value in values if isinstance(value, str) or value != value]
    if column.kind is Kind.NUMBER:
        texts = []
    found: list[tuple[Callable[[Column, RunScope], AnyType], list[AnyType]]]
    found = [(flag, flags), (number, numbers), (text, texts)]
    return (
        Q(*(Q(In(value_of(column, scope), wanted)) for value_of, wanted in found if wanted), _connector=Q.OR) or _NONE
    )


def _contains(column: Column, value: Scalar, scope: RunScope) -> Q:
    if column.kind is Kind.TAGS:
        return Q(JsonHas("tags", (), value))
    found = Q(HoldsText(text(column, scope), value)) if isinstance(value, str) else Q()
    if column.kind is Kind.JSON:
        for path in paths(column, scope):
            found |= Q(JsonHas(column.source, path, value))
    return found


def _missing(column: Column, scope: RunScope) -> Q:
    if column.kind is Kind.JSON:
        return Q(*(Q(JsonMissing(column.source, path)) for path in paths(column, scope)))
    if column.kind is Kind.DURATION:
        return Q(started_at=None)
    if column.source != "field":
        return ~Q(_certain(Q(LessThanOrEqual(number(column, scope), math.inf))))
    field = model_field(column)
    if column.kind is Kind.TAGS:
        return Q(tags=[])
    return Q(**{field: None}) | (Q(**{field: ""}) if column.kind is Kind.TEXT else Q())


def _duration(seconds: float) -> timedelta:
    return timedelta(seconds=min(max(seconds, -_LONGEST), _LONGEST))


_NONE = Q(pk__in=[])
