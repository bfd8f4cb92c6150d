"""What can follow in a query at a place: names, operators, values, words that join."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from sweeps_app.query.catalogue import Catalogue
from sweeps_app.query.columns import Column, Kind
from sweeps_app.query.errors import Expected, QueryError
from sweeps_app.query.parser import parse
from sweeps_app.query.tokens import Token, named, quoted, tokenize

MAX_CHOICES = 50
_ORDERED = ("<", "<=", ">", ">=", "=", "!=", "in (", "is null", "is not null")
_OPERATORS = {
    Kind.TEXT: ("=", "!=", "contains", "in (", "is null", "is not null"),
    Kind.CHOICE: ("=", "!=", "in ("),
    Kind.TAGS: ("contains", "in (", "is null", "is not null"),
    Kind.FLAG: ("=",),
    Kind.NUMBER: _ORDERED,
    Kind.TIME: _ORDERED,
    Kind.DURATION: _ORDERED,
    Kind.JSON: (*_ORDERED, "contains"),
}
_VALUES = {
    Kind.TIME: ("today", "yesterday", "1h ago", "1d ago", "7d ago"),
    Kind.DURATION: ("30s", "10m", "1h"),
    Kind.FLAG: ("true", "false"),
}


class Choice(NamedTuple):
    """Something that can be put in, and a word on what it is."""

    text: str
    note: str


class Completion(NamedTuple):
    """What may stand instead of the text from `start` to `end`."""

    start: int
    end: int
    choices: list[Choice]


ValuesOf = Callable[[Column], Collection[str | float | bool]]


def complete(text: str, place: int, catalogue: Catalogue, values_of: ValuesOf) -> Completion:
    """Return what can stand at a place, of which the word before it is the begin.

    `values_of` tells values of a column.
    """
    before = text[:place]
    prefix = _word_at_end(before)
    start = place - len(prefix)
    expected, subject = _expected(before[:start])
    wanted = prefix.strip("`\"'").lower()
    found = [
        choice for choice in _choices(expected, subject, before[:start], catalogue, values_of) if _fits(choice, wanted)
    ]
    found.sort(key=lambda choice: not choice.text.strip('`"').lower().startswith(wanted))
    return Completion(start, place, found[:MAX_CHOICES])


def _fits(choice: Choice, wanted: str) -> bool:
    return wanted in choice.text.lower() and choice.text.lower() != wanted


def _word_at_end(text: str) -> str:
    try:
        tokens = tokenize(text)
    except QueryError as error:
        return text[error.start :] if text[error.start] in "\"'`" else ""
    last = tokens[-2] if len(tokens) > 1 else None
    touches = last is not None and last.end == len(text) and (last.kind != "sign" or last.source.isalpha())
    return last.source if last is not None and touches else ""


def _expected(text: str) -> tuple[Expected, str]:
    """Return what may follow a text, and for a value what it is compared with."""
    try:
        if parse(text) is None:
            return "test", ""
    except QueryError as error:
        at_end = error.start >= len(text.rstrip())
        return (error.expected, error.subject) if at_end else ("", "")
    return "join", ""


def _choices(expected: Expected, subject: str, before: str, catalogue: Catalogue, values_of: ValuesOf) -> list[Choice]:
    if expected == "test":
        return [*_names(catalogue), Choice("not", "")]
    if expected == "value":
        column = catalogue.find(subject)
        return _values(column, catalogue, values_of) if column else []
    if expected == "join":
        column = catalogue.find(_last_word(before))
        operators = [Choice(operator, "operator") for operator in _OPERATORS[column.kind]] if column else []
        return [*operators, Choice("and", ""), Choice("or", "")]
    return [Choice(word, "") for word in {"null": ("null", "not null"), "list": ("(",)}.get(expected, ())]


def _names(catalogue: Catalogue) -> list[Choice]:
    """Return each column by the shortest name that means it."""
    choices = []
    for key in catalogue.all_keys():
        column = catalogue.find(key)
        if column is None:
            continue
        is_short = catalogue.find(column.name) == column
        choices.append(Choice(named(column.name if is_short else key), _note(column)))
    return choices


def _note(column: Column) -> str:
    return column.kind.value if column.source == "field" else column.source


def _values(column: Column, catalogue: Catalogue, values_of: ValuesOf) -> list[Choice]:
    texts = [*catalogue.choices.get(column.key, ()), *_VALUES.get(column.kind, ())]
    known = [_shown(value) for value in values_of(column)] if not texts else []
    return [Choice(text, "") for text in [*texts, *known]]


def _shown(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else f"{value:.12g}"


def _last_word(text: str) -> str:
    """Return the word at the end of a text where it stands by itself, as the name that a test begins with."""
    tokens: list[Token] = tokenize(text)[:-1]
    if not tokens or tokens[-1].kind != "word":
        return ""
    begins = len(tokens) == 1 or tokens[-2].is_sign("and", "or", "not", "(")
    return tokens[-1].value if begins else ""
