import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.analysis.encoding import ParameterAxis, axis_columns, label_of, scaled

LR = ParameterAxis(("lr",), "number", log=True)
WIDTH = ParameterAxis(("net", "width"), "number")
SIZE = ParameterAxis(("size",), "number")
OPT = ParameterAxis(("opt",), "category")


def _column(values, axis=OPT):
    return axis_columns([{axis.name: value} if value is not ... else {} for value in values], [axis])[0]


def test_values_are_found_by_path_and_missing_ones_are_nan():
    configs = [{"net": {"width": 8}}, {"net": 3}, {}, {"net": {"width": None}}, {"net.width": 5}]
    assert np.isnan(axis_columns(configs, [WIDTH])[0].values).tolist() == [False, True, True, True, True]
    assert WIDTH.name == "net.width"


@pytest.mark.parametrize("value", [True, "3", None, math.inf, math.nan, 10**400, [1]])
def test_what_is_no_finite_number_is_missing_from_a_number_axis(value):
    assert np.isnan(_column([value], LR).values).all()


def test_categories_are_labelled_by_json_and_sorted_like_people_do():
    column = _column(["b", 10, 9, True, None, "a", 1.5, ..., "10", "NaN"])
    assert column.labels == ("1.5", "9", "10", '"10"', '"NaN"', "a", "b", "null", "true")
    assert column.labels[column.values[3].astype(int)] == "true"
    assert math.isnan(column.values[7])


@given(st.lists(st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none() | st.text(max_size=3)))
def test_values_share_a_label_only_if_their_json_is_the_same(values):
    column = _column(values)
    for i, one in enumerate(values):
        for j, other in enumerate(values):
            is_same = type(one) is type(other) and repr(one) == repr(other)
            assert (column.values[i] == column.values[j]) == is_same


def test_text_that_reads_like_another_value_is_quoted():
    assert [label_of(v) for v in ("adam", "1", 1, "null", None, {"b": 1, "a": 2})] == [
        "adam",
        '"1"',
        "1",
        '"null"',
        "null",
        '{"a": 2, "b": 1}',
    ]
    assert label_of("[" * 100_000) == f'"{"[" * 100_000}"'


def test_numbers_are_scaled_to_the_unit_interval_by_their_logarithm_where_the_axis_says_so():
    assert scaled(_column([0.001, 0.01, 0.1], LR)).tolist() == pytest.approx([0, 0.5, 1])
    assert scaled(_column([1, 2, 5], SIZE)).tolist() == [0, 0.25, 1]
    assert np.isnan(scaled(_column([0.1, 0.0, -1.0], LR))).tolist() == [False, True, True]
    assert scaled(_column([3, 3], SIZE)).tolist() == [0.5, 0.5]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.just(...), min_size=1))
def test_scaling_never_overflows_and_keeps_the_order(values):
    result = scaled(_column(values, SIZE))
    known = [(v, r) for v, r in zip(values, result.tolist(), strict=True) if v is not ...]
    assert np.isnan(result).sum() == len(values) - len(known)
    assert all(0 <= r <= 1 for _, r in known)
    ordered = [r for _, r in sorted(known)]
    assert ordered == sorted(ordered)
