"""What every other tool's run comes to."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ConsoleLine:
    """A line of output: seconds since 1970, "stdout" or "stderr", and the text without its newline."""

    time: float
    stream: str
    text: str


@dataclass(frozen=True)
class SourceRun:
    """A run of another tool; `key` is the same at every import, so that a second one adds only what is new.

    `state` is "finished", "failed", "killed" or "stopped_early", and "running" where it may still go on. `rows` are
    read once, in the order in which they were logged.
    """

    key: str
    name: str = ""
    state: str = "finished"
    config: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    rows: Iterable[Row] = ()
    system: Iterable[Row] = ()
    console: Iterable[ConsoleLine] = ()
    tags: tuple[str, ...] = ()
    notes: str = ""
    group: str = ""
    job_type: str = ""
    host: str = ""
    program: str = ""
    exit_code: int | None = None
    error: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


def value_of(text: str) -> Any:
    """Return what a text stands for: a whole number, a number, true or false, or the text itself."""
    word = text.strip()
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    # Python reads digits with underscores as numbers, which no table means.
    if "_" in word or not word.isascii():
        return text
    for kind in (int, float):
        try:
            number = kind(word)
        except ValueError:
            continue
        return number if isinstance(number, int) or math.isfinite(number) or not _is_name(word) else text
    return text


def _is_name(word: str) -> bool:
    """Tell whether a word that Python reads as a number that is not finite may as well be a name."""
    return word.lower().lstrip("+-") not in ("nan", "inf", "infinity")
