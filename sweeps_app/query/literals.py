"""Lengths of time and moments, as queries write them. Moments are seconds since the epoch."""

import calendar
import re
from typing import NamedTuple

DAY = 86_400.0
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3_600.0, "d": DAY, "w": 7 * DAY}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|min|[smhdw])")
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(?:(Z)|([+-])(\d\d):(\d\d))?)?\Z")


class Span(NamedTuple):
    """What a moment covers: a day, a minute, a second; `end` does not belong to it."""

    start: float
    end: float


def seconds_of(text: str) -> float:
    """Return the seconds of a length of time, such as `90s` or `1h30m`."""
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def span_of(text: str) -> Span | None:
    """Return what a date or a moment covers, in UTC where it names no zone; None where there is no such day or time."""
    match = _MOMENT.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = float(match[7] or 0)
    start = calendar.timegm((year, month, day, hour, minute, second)) + fraction - _offset(match)
    return Span(start, start + _width(match))


def day_of(now: float, days_ago: int) -> Span:
    """Return the day (UTC) of a moment, or one so many days before it."""
    start = now // DAY * DAY - days_ago * DAY
    return Span(start, start + DAY)


def _offset(match: re.Match[str]) -> float:
    if match[9] is None:
        return 0.0
    return (1 if match[9] == "+" else -1) * (int(match[10]) * 3_600.0 + int(match[11]) * 60.0)


def _width(match: re.Match[str]) -> float:
    if match[4] is None:
        return DAY
    if match[6] is None:
        return 60.0
    return 1.0 if match[7] is None else 0.001
