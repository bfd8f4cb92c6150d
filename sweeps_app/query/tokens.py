"""A query as tokens: words, values and signs, each with its place in the text."""

import re
from dataclasses import dataclass
from typing import Literal

from sweeps_app.query.errors import QueryError

Kind = Literal["word", "text", "number", "duration", "moment", "sign", "end"]

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "contains"})
_SYNONYMS = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
_AFTER = r"(?![\w.:`])"
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<moment>\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?{_AFTER})
  | (?P<duration>(?:\d+(?:\.\d+)?(?:ms|min|[smhdw]))+{_AFTER})
  | (?P<number>[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|(?i:inf(?:inity)?|nan)){_AFTER})
  | (?P<word>(?:\w|`[^`]*`)(?:[\w./:@+-]|`[^`]*`)*)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<sign><=|>=|!=|<>|==|!~|&&|\|\||[=<>!~(),\[\]])
)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A part of a query; `value` is its text without quotes, of a keyword or sign its one spelling."""

    kind: Kind
    value: str
    source: str
    start: int
    end: int

    def is_sign(self, *signs: str) -> bool:
        """Tell whether it is one of some signs or keywords."""
        return self.kind == "sign" and self.value in signs


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a query, an "end" last; raises `QueryError` where none can be read."""
    tokens, place, length = [], 0, len(text.rstrip())
    while place < length:
        match = _TOKEN.match(text, place)
        if match is None:
            raise _unreadable(text, place)
        tokens.append(_token(match))
        place = match.end()
    return [*tokens, Token("end", "", "", len(text), len(text))]


def quoted(text: str) -> str:
    """Return a text as a query writes it."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def named(name: str) -> str:
    """Return a name as a query writes it: in backticks where it is not one word, or a keyword."""
    match = _TOKEN.match(name)
    is_word = match is not None and match.lastgroup == "word" and match.end() == len(name) and match["word"] == name
    return name if is_word and name.lower() not in KEYWORDS and "`" not in name else f"`{name}`"


def _token(match: re.Match[str]) -> Token:
    kind: Kind = match.lastgroup  # type: ignore[assignment]
    source = match[kind]
    start, end = match.span(kind)
    if kind == "text":
        return Token(kind, re.sub(r"\\(.)", r"\1", source[1:-1], flags=re.DOTALL), source, start, end)
    if kind == "word" and source.lower() in KEYWORDS:
        return Token("sign", source.lower(), source, start, end)
    if kind == "sign":
        return Token(kind, _SYNONYMS.get(source, source), source, start, end)
    return Token(kind, source.replace("`", "") if kind == "word" else source, source, start, end)


def _unreadable(text: str, place: int) -> QueryError:
    start = place + len(text[place:]) - len(text[place:].lstrip())
    sign = text[start]
    if sign in "\"'`":
        what = "name" if sign == "`" else "text"
        return QueryError(f"the {what} that begins here has no closing {sign}", start, len(text))
    return QueryError(
        f"'{sign}' means nothing here; put texts in quotes and unusual names in backticks", start, start + 1
    )
