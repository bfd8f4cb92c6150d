"""Values on their way to JSON."""

import datetime
import json
import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from sweepdeck._values import Unstorable, encode, plain, plain_or_text, storable_items, storable_text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (True, True),
        (None, None),
        ("text", "text"),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.str_("s"), "s"),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array(2.5), 2.5),
        (Decimal("0.25"), 0.25),
        (range(3), [0, 1, 2]),
        ((1, "a"), [1, "a"]),
        ({1: {"b": np.float64(2.0)}}, {"1": {"b": 2.0}}),
    ],
)
def test_values_become_plain_ones(value, expected):
    got = plain(value)
    assert got == expected
    assert type(got) is type(expected)


def test_subclasses_of_numbers_become_plain_numbers():
    assert type(plain(np.float64(1.5))) is float
    assert type(plain({"x": np.float64(1.5)})["x"]) is float


def test_non_finite_numbers_are_written_as_the_tokens_that_the_server_reads():
    assert encode({"a": math.nan, "b": math.inf, "c": -math.inf}) == '{"a":NaN,"b":Infinity,"c":-Infinity}'


def test_an_unstorable_value_names_its_type_and_its_path():
    with pytest.raises(Unstorable) as caught:
        plain({"a": {"b": object()}})
    assert caught.value.path == "a.b"
    assert caught.value.reason == "is of type object"


def test_a_value_that_holds_itself_is_unstorable():
    loop = []
    loop.append(loop)
    with pytest.raises(Unstorable, match="holds itself"):
        plain(loop)
    assert isinstance(plain_or_text(loop), list | str)


def test_an_array_that_gives_itself_back_or_cannot_be_read_is_unstorable():
    class Odd:
        def tolist(self):
            return self

    class Broken:
        def item(self):
            raise RuntimeError("on another device")

    with pytest.raises(Unstorable, match="Odd"):
        plain(Odd())
    with pytest.raises(Unstorable, match="on another device"):
        plain(Broken())


def test_text_that_databases_cannot_hold_is_refused_or_replaced():
    for text in ("a\x00b", "a\ud800b"):
        with pytest.raises(Unstorable):
            plain(text)
        assert storable_text(text) == "a\N{REPLACEMENT CHARACTER}b"


def test_what_config_cannot_hold_becomes_text_and_the_rest_stays():
    class Silent:
        def __str__(self):
            raise ValueError

    values = {"path": Path("data"), "day": datetime.date(2026, 1, 2), "n": 3, "odd": Silent(), "all": [Path("a"), 1]}
    expected = {"path": "data", "day": "2026-01-02", "n": 3, "odd": "<Silent>", "all": ["a", 1]}
    assert plain_or_text(values) == expected


def test_items_are_kept_or_named():
    named = {}
    data = {"good": 1, "figure": object(), "nested": {"x": object()}, "": 2, 3: 4, "x" * 256: 5, "nul\x00": 6}
    kept = storable_items(data, named.__setitem__)
    assert kept == {"good": 1}
    assert named["figure"] == "is of type object"
    assert "nested.x" in named
    assert "not a string" in named["3"]
    assert len(named) == 6


def test_every_kept_value_is_json():
    kept = storable_items({"a": np.arange(3), "b": {"c": (1, 2)}}, pytest.fail)
    assert json.loads(encode(kept)) == {"a": [0, 1, 2], "b": {"c": [1, 2]}}
