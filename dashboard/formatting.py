"""Numbers, durations and JSON values as people read them."""

import json
import math
from datetime import datetime
from itertools import pairwise
from typing import Any

NOTHING = "\N{EN DASH}"
DIGITS = 4
MAX_TEXT = 120
_EXACT_BELOW = 10**15
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_SIZES = ("kB", "MB", "GB", "TB")
_AGES = ((86_400 * 365, "y"), (86_400 * 30, "mo"), (86_400, "d"), (3_600, "h"), (60, "min"))


def number(value: float, *, keep_zeros: bool = False) -> str:
    """Return a number with four significant digits; integers keep all of theirs.

    Numbers below 0.0001 and from a million on have a power of ten, as in 1.234e-5. `keep_zeros` leaves zeros at
    the end, so that the points of a column stand below one another.
    """
    if isinstance(value, int) and abs(value) < _EXACT_BELOW:
        return f"{value:,}"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e6:
        mantissa, _, power = f"{value:.{DIGITS - 1}e}".partition("e")
        return f"{_trimmed(mantissa)}e{int(power)}"
    decimals = max(DIGITS - 1 - math.floor(math.log10(abs(value))), 0)
    digits = f"{value:,.{decimals}f}"
    return digits if keep_zeros else _trimmed(digits)


def value_text(value: Any, limit: int = MAX_TEXT) -> str:
    """Return a JSON value on one line of at most `limit` characters: numbers rounded, text as it is, else JSON.

    Text that nobody could see is JSON, too.
    """
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return number(value)
    is_seen = isinstance(value, str) and value.strip() != ""
    text = value if is_seen else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def exact_text(value: Any) -> str:
    """Return a JSON value with every digit, for a tooltip or a file; text as it is."""
    if type(value) in (int, float) and math.isfinite(value):
        return repr(value)  # the same, without an encoder for each cell
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def duration(seconds: float) -> str:
    """Return a length of time by its two largest units, as in "1h 05m"; below ten seconds with a tenth."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f}s"
    whole = round(seconds)
    for (size, unit), (next_size, next_unit) in pairwise(_UNITS):
        if whole >= size:
            return f"{whole // size}{unit} {whole % size // next_size:02d}{next_unit}"
    return f"{whole}s"


def size(count: int) -> str:
    """Return a number of bytes in the largest unit of which there is at least one: kB are 1,000 bytes."""
    if count < 1_000:
        return f"{count} byte{'' if count == 1 else 's'}"
    place = next((place for place in range(1, len(_SIZES)) if count < 999.5 * 1_000**place), len(_SIZES))
    value = count / 1_000**place
    return f"{value:.{1 if value < 99.95 else 0}f} {_SIZES[place - 1]}"


def age(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was, by its largest unit."""
    seconds = (now - moment).total_seconds()
    for size, unit in _AGES:
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
