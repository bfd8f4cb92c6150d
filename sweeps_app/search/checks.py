"""Checks of single fields. Each returns the normalised value, or None after reporting what is wrong."""

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from sweeps_app.search.law import MAX_INTEGER
from sweeps_app.search.problems import Report, did_you_mean, join, listed, shown

# What YAML 1.1 reads as text though a person means a number: an exponent without a dot or without a sign.
_EXPONENT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d{1,3}")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


def number_in_text(value: Any) -> float | None:
    """Return the finite number that a text such as "1e-5" plainly is, or None."""
    if not isinstance(value, str) or len(value) > 40 or not _EXPONENT.fullmatch(value):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def check_number(report: Report, path: str, value: Any) -> float | None:
    """Return a finite number, int or float as given; a text such as "1e-5" is taken as its number, with a warning."""
    number = number_in_text(value)
    if number is not None:
        report.warn(path, f"the text {shown(value)} was read as the number {number!r}; write {number!r}", "text_number")
        return number
    if isinstance(value, bool) or not isinstance(value, int | float):
        report.error(path, f"must be a number, not {shown(value)}{_unquote(value)}", "wrong_type")
        return None
    if not _is_finite(value):
        report.error(path, f"must be a finite number, not {shown(value)}", "not_finite")
        return None
    return value


def check_above(report: Report, path: str, value: Any, low: float, *, inclusive: bool = False) -> float | None:
    """Return a finite number greater than `low`, or equal to it where `inclusive`."""
    number = check_number(report, path, value)
    if number is None or number > low or (inclusive and number == low):
        return number
    bound = "at least" if inclusive else "greater than"
    report.error(path, f"must be {bound} {low:g}, not {shown(value)}", "out_of_range")
    return None


def check_integer(report: Report, path: str, value: Any, low: int, high: int = MAX_INTEGER) -> int | None:
    """Return an integer from `low` to `high`, both included; a bool, a float and text are refused."""
    if isinstance(value, bool) or not isinstance(value, int):
        report.error(path, f"must be an integer, not {shown(value)}", "wrong_type")
        return None
    if not low <= value <= high:
        report.error(path, f"must be from {low} to {high}, not {shown(value)}", "out_of_range")
        return None
    return value


def check_text(report: Report, path: str, value: Any, *, longest: int, shortest: int = 0) -> str | None:
    """Return a text of `shortest` to `longest` characters."""
    if not isinstance(value, str):
        report.error(path, f"must be text, not {shown(value)}", "wrong_type")
        return None
    if len(value) < shortest:
        report.error(path, "must not be empty", "empty")
        return None
    if len(value) > longest:
        report.error(path, f"must have at most {longest} characters, not {len(value)}", "too_long")
        return None
    return value


def check_choice(report: Report, path: str, value: Any, choices: Collection[str]) -> str | None:
    """Return a text that is one of `choices`."""
    if isinstance(value, str) and value in choices:
        return value
    hint = did_you_mean(value, choices)
    report.error(path, f"must be {listed(choices)}, not {shown(value)}{hint}", "invalid_choice")
    return None


def check_object(report: Report, path: str, value: Any, known: Collection[str]) -> dict[str, Any] | None:
    """Return an object, after reporting each of its keys that is not `known`."""
    if not isinstance(value, dict):
        report.error(path, f"must be an object with {listed(known)}, not {shown(value)}", "wrong_type")
        return None
    check_keys(report, path, value, known)
    return value


def check_keys(report: Report, path: str, value: Mapping[str, Any], known: Collection[str]) -> None:
    """Report each key of `value` that is not `known`."""
    for key in value:
        if key not in known:
            hint = did_you_mean(key, known) or f"; known are {', '.join(known)}"
            report.error(join(path, key), f"unknown key {shown(key)}{hint}", "unknown_key")


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _unquote(value: Any) -> str:
    if isinstance(value, str) and len(value) <= 40 and _DECIMAL.fullmatch(value):
        return f": write {value} without quotes"
    return ""
