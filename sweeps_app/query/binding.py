"""Checks a query: looks its names up, and gives each value the type of what it is compared with."""

from dataclasses import dataclass

from sweeps_app.query.catalogue import Catalogue, nearest
from sweeps_app.query.columns import Column, Kind
from sweeps_app.query.conditions import (
    All,
    Any,
    Compare,
    Condition,
    Contains,
    Missing,
    Not,
    OneOf,
    Order,
    Scalar,
    Search,
)
from sweeps_app.query.errors import QueryError
from sweeps_app.query.literals import Span, day_of, seconds_of, span_of
from sweeps_app.query.parser import parse
from sweeps_app.query.tokens import named
from sweeps_app.query.tree import (
    Absence,
    Comparison,
    Containment,
    Every,
    Membership,
    Name,
    Negation,
    Phrase,
    Some,
    Value,
    Written,
)

_FLAGS = {"true": True, "false": False}
_DAYS = {"today": 0, "yesterday": 1}


@dataclass(frozen=True)
class Bound:
    """What a query asks for, None for everything, and hints: a place and what may be wrong there."""

    condition: Condition | None
    hints: tuple[QueryError, ...] = ()


def read_query(text: str, catalogue: Catalogue, now: float) -> Bound:
    """Return what a query asks for; `now` is in seconds since the epoch.

    Raises `QueryError` for what cannot be read, a name that nobody knows, and a value that its column cannot have.
    """
    written = parse(text)
    if written is None:
        return Bound(None)
    binder = _Binder(catalogue, now)
    return Bound(binder.condition(written), tuple(binder.hints))


class _Binder:
    def __init__(self, catalogue: Catalogue, now: float) -> None:
        self._catalogue = catalogue
        self._now = now
        self.hints: list[QueryError] = []

    def condition(self, written: Written) -> Condition:
        match written:
            case Every(parts):
                return All(tuple(self.condition(part) for part in parts))
            case Some(parts):
                return Any(tuple(self.condition(part) for part in parts))
            case Negation(part):
                return Not(self.condition(part))
            case Phrase(value):
                return Search(value.text)
            case Absence(name):
                return Missing(self._column(name))
            case Membership(name, values):
                return self._membership(name, values)
            case Containment(name, value):
                return self._containment(name, value)
            case Comparison(name, "!=", value):
                return Not(self._comparison(name, "=", value))
            case Comparison(name, operator, value):
                return self._comparison(name, operator, value)

    def _column(self, name: Name) -> Column:
        column = self._catalogue.find(name.text)
        near = self._catalogue.nearest(name.text) if column is None or not self._catalogue.knows(column) else ""
        hint = f"; did you mean {named(near)}?" if near else ""
        if column is None:
            raise QueryError(f"no run has '{name.text}'{hint}", name.start, name.end)
        if column.source == "best" and column.name not in self._catalogue.goals:
            message = f"has no goal, so none of its values is best: use min.{column.name} or max.{column.name}"
            raise QueryError(f"'{column.name}' {message}", name.start, name.end)
        if not self._catalogue.knows(column):
            self.hints.append(QueryError(f"no run that was looked at has '{name.text}'{hint}", name.start, name.end))
        return column

    def _comparison(self, name: Name, operator: str, value: Value) -> Condition:
        column = self._column(name)
        if column.kind is Kind.TAGS:
            raise QueryError(f"write `{name.text} contains {value.text}`", value.start, value.end)
        if column.kind is Kind.TIME:
            return _time_condition(column, operator, self._span(value))
        scalar = self._scalar(column, value)
        if operator == "=":
            return OneOf(column, (scalar,))
        if isinstance(scalar, bool) or column.kind is Kind.CHOICE:
            raise QueryError("has no order: use =, != or in", value.start, value.end)
        if scalar != scalar:
            raise QueryError("nothing is less or greater than NaN: use = or !=", value.start, value.end)
        order: Order = operator  # type: ignore[assignment]
        return Compare(column, order, scalar)

    def _membership(self, name: Name, values: tuple[Value, ...]) -> Condition:
        column = self._column(name)
        if column.kind is Kind.TAGS:
            return Any(tuple(Contains(column, value.text) for value in values))
        if column.kind is Kind.TIME:
            return Any(tuple(_time_condition(column, "=", self._span(value)) for value in values))
        return OneOf(column, tuple(self._scalar(column, value) for value in values))

    def _containment(self, name: Name, value: Value) -> Condition:
        column = self._column(name)
        if column.kind in (Kind.TEXT, Kind.CHOICE, Kind.TAGS):
            return Contains(column, value.text)
        if column.kind is Kind.JSON:
            return Contains(column, self._scalar(column, value))
        message = f"'{name.text}' is neither a text nor a list: use = or <"
        raise QueryError(message, name.start, name.end)

    def _scalar(self, column: Column, value: Value) -> Scalar:
        if column.kind is Kind.TEXT:
            return value.text
        if column.kind is Kind.CHOICE:
            return self._choice(column, value)
        if column.kind is Kind.FLAG:
            return _flag(column, value)
        number = _number(value)
        if number is not None:
            return number
        if column.kind is Kind.JSON:
            return _FLAGS.get(value.text.lower(), value.text) if value.kind == "word" else value.text
        example = "90s or 1h30m" if column.kind is Kind.DURATION else "0.5 or 1e-3"
        raise QueryError(f"{column.key} is a number: write one, such as {example}", value.start, value.end)

    def _choice(self, column: Column, value: Value) -> str:
        choices = self._catalogue.choices.get(column.key, ())
        if value.text in choices:
            return value.text
        near = nearest(value.text, choices)
        hint = f"did you mean {near}?" if near else f"use one of {', '.join(choices)}"
        raise QueryError(f"'{value.text}' is no {column.key}: {hint}", value.start, value.end)

    def _span(self, value: Value) -> Span:
        if value.kind == "ago":
            moment = self._now - seconds_of(value.text)
            return Span(moment, moment)
        word = value.text.lower()
        if word == "now":
            return Span(self._now, self._now)
        span = day_of(self._now, _DAYS[word]) if word in _DAYS else span_of(value.text)
        if span is None:
            message = f"'{value.text}' is no moment: write 2026-11-26, 2026-11-26T14:30, `2h ago`, today or yesterday"
            raise QueryError(message, value.start, value.end)
        return span


def _flag(column: Column, value: Value) -> bool:
    found = _FLAGS.get(value.text.lower())
    if found is None:
        raise QueryError(f"{column.key} is true or false", value.start, value.end)
    return found


def _number(value: Value) -> float | None:
    if value.kind == "duration":
        return seconds_of(value.text)
    if value.kind == "number":
        return float(value.text)
    return None


def _time_condition(column: Column, operator: str, span: Span) -> Condition:
    match operator:
        case "=":
            return All((Compare(column, ">=", span.start), Compare(column, "<", span.end)))
        case "<" | ">=":
            return Compare(column, operator, span.start)
        case "<=" if span.end > span.start:
            return Compare(column, "<", span.end)
        case ">" if span.end > span.start:
            return Compare(column, ">=", span.end)
        case _:
            order: Order = operator  # type: ignore[assignment]
            return Compare(column, order, span.start)
