"""What is wrong with a config, collected so that every problem is told at once."""

import difflib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

_MAX_SHOWN = 60
_MAX_CANDIDATES = 500


@dataclass(frozen=True)
class Problem:
    """One problem: the dotted `path` of the field ("" is the whole config), a message with the fix, a stable `code`."""

    path: str
    message: str
    code: str


@dataclass
class Report:
    """Problems, which refuse a config, and warnings, which do not, in the order found."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, path: str, message: str, code: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(path, message, code))

    def warn(self, path: str, message: str, code: str) -> None:
        """Add a warning."""
        self.warnings.append(Problem(path, message, code))


def join(path: str, key: str) -> str:
    """Return the dotted path of `key` below `path`, with unprintable characters escaped."""
    shown_key = key if key.isprintable() else repr(key)[1:-1]
    shown_key = shown_key if len(shown_key) <= 2 * _MAX_SHOWN else f"{shown_key[: 2 * _MAX_SHOWN]}..."
    return f"{path}.{shown_key}" if path else shown_key


def shown(value: Any) -> str:
    """Return a short, printable form of a JSON value for a message."""
    if isinstance(value, int) and value.bit_length() > 128:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value[: 2 * _MAX_SHOWN]) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def did_you_mean(word: object, candidates: Collection[str]) -> str:
    """Return "; did you mean 'x'?" for the candidate nearest to `word`, or nothing where none is near.

    Long lists are not searched: thousands of unknown names against thousands of candidates would take minutes.
    """
    if not isinstance(word, str) or len(word) > 100 or len(candidates) > _MAX_CANDIDATES:
        return ""
    near = difflib.get_close_matches(word.lower(), list(candidates), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def listed(names: Collection[str]) -> str:
    """Return names as "a, b or c"."""
    *head, last = names
    return f"{', '.join(head)} or {last}" if head else last
