"""Rows as clients may send them, the same rows as they have to come back, and what exact equality is."""

import math
import struct
from typing import Any

from hypothesis import strategies as st

NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
_integers = st.integers(-(2**70), 2**70) | st.integers(-5, 5) | st.sampled_from([2**53, 2**53 + 1, 2**63, -(2**63)])
_numbers = st.floats() | _integers
_scalars = _numbers | st.booleans() | st.none() | _texts | st.sampled_from(sorted(NON_FINITE))
_values = _scalars | st.lists(_scalars, max_size=3) | st.just({})
# A metric usually keeps one type; now and then it does not.
_columns = st.sampled_from([st.floats(), _integers, _numbers, _texts, _values])
steps = st.integers(-(2**63) + 1, 2**63 - 1) | st.integers(0, 9)


@st.composite
def batches(draw: st.DrawFn, min_size: int = 0, max_size: int = 12) -> list[dict[str, Any]]:
    """Draw a list of rows in which metrics come and go."""
    kinds = {name: draw(_columns) for name in ("a", "b", "ü", "n")}
    rows: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(min_size, max_size))):
        row = {name: draw(kinds[name]) for name in draw(st.sets(st.sampled_from(["a", "b", "ü"])))}
        if draw(st.booleans()):
            row["n"] = {"x": draw(kinds["n"]), "deep": {"y": draw(kinds["a"])}}
        if draw(st.booleans()):
            row["_step"] = draw(st.integers(0, 10**6))
        rows.append(row)
    return rows


def as_stored(rows: list[dict[str, Any]], next_step: int = 0) -> list[dict[str, Any]]:
    """Return what reading the rows again has to give, by the plainest code there is."""
    stored = []
    for row in rows:
        flat = _flat(row)
        flat["_step"] = flat.get("_step", next_step)
        next_step = flat["_step"] + 1
        stored.append(flat)
    return stored


def _flat(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, inner in value.items():
        flat |= _flat(inner, f"{prefix}{name}.") if inner and type(inner) is dict else {prefix + name: _named(inner)}
    return flat


def _named(value: Any) -> Any:
    if type(value) is str:
        return NON_FINITE.get(value, value)
    return [_named(item) for item in value] if type(value) is list else value


def same(one: Any, other: Any) -> bool:
    """Tell whether two values have the same type and bits; any NaN equals any other."""
    if type(one) is not type(other):
        return False
    if type(one) is float:
        return struct.pack("<d", one) == struct.pack("<d", other) or (math.isnan(one) and math.isnan(other))
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is dict:
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)
