"""Reads a query by recursive descent.

    query := any;  any := all ("or" all)*;  all := one ("and" one)*;  one := "not" one | "(" any ")" | test | phrase
    test  := name ("=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "~" | "!~") value
           | name ["not"] "in" "(" value ("," value)* ")" | name "is" ["not"] "null"

A parser by hand and not by a library: the grammar is these lines, and what people see of it are its errors and its
completion, which both need to know at each place what could follow and for which name.
"""

from sweeps_app.query.errors import Expected, QueryError
from sweeps_app.query.tokens import Token, tokenize
from sweeps_app.query.tree import (
    Absence,
    Comparison,
    Containment,
    Every,
    LiteralKind,
    Membership,
    Name,
    Negation,
    Operator,
    Phrase,
    Some,
    Value,
    Written,
)

MAX_LENGTH = 4_000
MAX_TESTS = 200
_MAX_DEPTH = 40
_OPERATORS: dict[str, Operator] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_AFTER_NAME = ("in", "is", "not", "contains", "~", "!~", *_OPERATORS)
_CLOSING = {"(": ")", "[": "]"}


def parse(text: str) -> Written | None:
    """Return what a query says, None for an empty one; raises `QueryError`."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"a query has at most {MAX_LENGTH:,} characters", MAX_LENGTH, len(text))
    tokens = tokenize(text)
    return None if len(tokens) == 1 else _Parser(tokens).query()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._tests = 0

    def query(self) -> Written:
        found = self._any()
        token = self._token
        if token.is_sign(")", "]"):
            raise QueryError(f"'{token.source}' closes nothing: remove it", token.start, token.end)
        if token.kind != "end":
            raise self._error("write `and` or `or` before it; texts of several words stand in quotes", "join")
        return found

    @property
    def _token(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *signs: str) -> Token | None:
        token = self._token
        if not token.is_sign(*signs):
            return None
        self._place += 1
        return token

    def _error(self, message: str, expected: Expected, subject: str = "") -> QueryError:
        token = self._token
        what = "the query ends here" if token.kind == "end" else f"cannot read `{token.source}`"
        return QueryError(f"{what}: {message}", token.start, token.end, expected, subject)

    def _any(self) -> Written:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _all(self) -> Written:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self) -> Written:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise QueryError("is nested too deeply here", self._token.start, self._token.end)
        found = self._negated_or_grouped() or self._test()
        self._depth -= 1
        return found

    def _negated_or_grouped(self) -> Written | None:
        if self._take("not"):
            return Negation(self._one())
        opening = self._take("(")
        if opening is None:
            return None
        found = self._any()
        if not self._take(")"):
            raise self._error(f"the ( in column {opening.start + 1} needs a )", "join")
        return found

    def _test(self) -> Written:
        token, after = self._token, self._tokens[min(self._place + 1, len(self._tokens) - 1)]
        if token.kind in ("sign", "end"):
            raise self._error('write a test, such as lr < 1e-3 or state = "failed"', "test")
        self._tests += 1
        if self._tests > MAX_TESTS:
            raise QueryError(f"a query has at most {MAX_TESTS} tests", token.start, token.end)
        self._place += 1
        if not after.is_sign(*_AFTER_NAME):
            return Phrase(_value(token))
        if token.kind != "word":
            raise QueryError("a name stands here; unusual ones in backticks, as in `val loss`", token.start, token.end)
        return self._test_of(Name(token.value, token.start, token.end))

    def _test_of(self, name: Name) -> Written:
        if self._take("is"):
            return self._absence(name)
        if self._take("not"):
            if not self._token.is_sign("in", "contains", "~"):
                raise self._error("after a name `not` is followed by `in` or `contains`", "operator")
            return Negation(self._test_of(name))
        if self._take("in"):
            return Membership(name, self._list(name))
        if self._take("contains", "~"):
            return Containment(name, self._value(name))
        if self._take("!~"):
            return Negation(Containment(name, self._value(name)))
        sign = self._take(*_OPERATORS)
        if sign is None:
            raise self._error("an operator stands here, such as = or <", "operator")
        return Comparison(name, _OPERATORS[sign.value], self._value(name))

    def _absence(self, name: Name) -> Written:
        negated = self._take("not") is not None
        token = self._token
        if token.kind != "word" or token.value.lower() != "null":
            raise self._error("after `is` stands `null` or `not null`", "null")
        self._place += 1
        return Negation(Absence(name)) if negated else Absence(name)

    def _list(self, name: Name) -> tuple[Value, ...]:
        opening = self._take("(", "[")
        if opening is None:
            raise self._error('a list stands here, such as ("adam", "sgd")', "list", name.text)
        values = [self._value(name)]
        while self._take(","):
            values.append(self._value(name))
        closing = _CLOSING[opening.value]
        if not self._take(closing):
            raise self._error(f"a comma or {closing} stands here", "")
        return tuple(values)

    def _value(self, name: Name) -> Value:
        token = self._token
        if token.kind in ("sign", "end"):
            raise self._error('a value stands here, such as 0.1, "adam", 2026-11-26, 2h or true', "value", name.text)
        if token.kind == "word" and token.value.lower() == "null":
            raise self._error(f"write `{name.text} is null`", "")
        self._place += 1
        after = self._token
        if token.kind == "duration" and after.kind == "word" and after.value.lower() == "ago":
            self._place += 1
            return Value("ago", token.value, token.start, after.end)
        return _value(token)


def _value(token: Token) -> Value:
    kind: LiteralKind = token.kind  # type: ignore[assignment]
    return Value(kind, token.value, token.start, token.end)
