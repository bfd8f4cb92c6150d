import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeps_app.columns import Kind, RowError, decode, encode, last_values, parse_rows, to_rows
from tests.unit.columns.rows import as_stored, batches, same, steps


@settings(max_examples=200)
@given(batches(), st.integers(0, 10**9))
def test_every_value_comes_back_with_its_type_and_bits(rows, next_step):
    stored = to_rows(decode(encode(parse_rows(rows, next_step=next_step))))
    assert same(stored, as_stored(rows, next_step))


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_floats_keep_all_64_bits_even_those_of_a_nan(patterns):
    values = [struct.unpack("<d", struct.pack("<Q", pattern))[0] for pattern in patterns]
    column = decode(encode(parse_rows([{"x": value} for value in values]))).metrics["x"]
    assert column.kind is Kind.FLOAT
    assert [struct.unpack("<Q", struct.pack("<d", value))[0] for value in column.tolist()] == patterns


@given(st.lists(steps, max_size=20))
def test_steps_are_kept_as_they_are_repeated_and_decreasing_ones_too(given_steps):
    rows = [{"_step": step, "x": 1} for step in given_steps]
    assert [row["_step"] for row in to_rows(decode(encode(parse_rows(rows))))] == given_steps


def test_a_row_without_a_step_gets_the_one_after_the_row_before():
    rows = [{"x": 1}, {"_step": 10}, {"x": 1}, {"_step": 3}, {}]
    assert parse_rows(rows, next_step=7).steps.tolist() == [7, 10, 11, 3, 4]
    assert parse_rows(rows[:1], first_row=5).steps.tolist() == [5]


@given(batches())
def test_a_metric_that_a_row_lacks_stays_absent_from_it(rows):
    columns = parse_rows(rows)
    for name, column in columns.metrics.items():
        assert column.present(len(rows)).tolist() == [name in row for row in as_stored(rows)]


@given(batches())
def test_last_values_are_the_last_ones_that_were_logged(rows):
    expected = {}
    for row in as_stored(rows):
        expected |= row
    expected.pop("_step", None)
    assert same(last_values(parse_rows(rows)), expected)


def test_kinds_are_the_narrowest_that_are_exact():
    rows = [{"f": 1.5, "i": 1, "n": 1, "j": "a", "big": 2**63, "far": 1}]
    rows.append({"f": math.nan, "i": -1, "n": 0.5, "j": 2, "big": 1, "far": 0.5})
    rows.append({"far": 2**53 + 1})
    kinds = {name: column.kind for name, column in parse_rows(rows).metrics.items()}
    assert kinds == {
        "f": Kind.FLOAT,
        "i": Kind.INTEGER,
        "n": Kind.NUMBER,
        "j": Kind.JSON,
        "big": Kind.JSON,
        "far": Kind.JSON,
    }


def test_names_of_non_finite_numbers_are_numbers_in_lists_too_and_come_out_as_names():
    columns = parse_rows([{"x": "NaN", "l": ["Infinity", [math.nan]], "t": "nan"}])
    assert columns.metrics["x"].kind is Kind.FLOAT
    assert to_rows(columns, text_non_finite=True) == [{"_step": 0, "x": "NaN", "l": ["Infinity", ["NaN"]], "t": "nan"}]


def test_an_empty_object_is_a_value_and_a_deep_one_is_flattened():
    assert to_rows(parse_rows([{"a": {}, "b": {"c": {}, "d": {"e": 1}}}])) == [
        {"_step": 0, "a": {}, "b.c": {}, "b.d.e": 1}
    ]


@pytest.mark.parametrize(
    ("row", "key", "reason"),
    [
        (3, "", "must be an object"),
        ({"_step": 1.0}, "_step", "must be an integer"),
        ({"_step": True}, "_step", "must be an integer"),
        ({"_step": 2**63}, "_step", "outside the range"),
        ({"": 1}, "", "without a name"),
        ({"x" * 256: 1}, "x" * 252 + "...", "at most 255 characters"),
        ({"a\x00b": 1}, "a\\x00b", "cannot be stored"),
        ({"\ud800": 1}, "\\ud800", "cannot be stored"),
        ({"a": "\x00"}, "a", "cannot be stored"),
        ({"a": ["\udfff"]}, "a", "cannot be stored"),
        ({"a": [{"b\x00": 1}]}, "a", "cannot be stored"),
        ({"a": 10**308 + 1}, "a", "beyond the range"),
        ({"a": {1, 2}}, "a", "is not a JSON value (set)"),
        ({"a": [{1: 2}]}, "a", "a name must be text"),
        ({1: 2}, "1", "a name must be text"),
        ({"a": {"b": 1}, "a.b": 2}, "a.b", "given twice"),
    ],
)
def test_what_cannot_be_stored_is_named_with_its_row(row, key, reason):
    with pytest.raises(RowError) as error:
        parse_rows([{"fine": 1}, row])
    assert (error.value.index, error.value.key) == (1, key)
    assert reason in error.value.message
    str(error.value).encode()


def test_nesting_is_bounded_in_objects_and_in_lists():
    for wrap in (lambda value: {"a": value}, lambda value: [value]):
        value = 1
        for _ in range(40):
            value = wrap(value)
        with pytest.raises(RowError, match="nested deeper than 32"):
            parse_rows([{"a": value}])


def test_a_batch_brings_at_most_5000_metrics_and_clocks_do_not_count():
    most = {f"m{i}": 1.0 for i in range(5_000)}
    assert len(parse_rows([most | {"_timestamp": 1.0, "_runtime": 2.0}]).metrics) == 5_002
    with pytest.raises(RowError, match="more than 5,000 metrics"):
        parse_rows([most, {"one more": 1}])


def test_something_else_than_a_list_is_refused():
    with pytest.raises(RowError, match="must be a list"):
        parse_rows({"a": 1})
