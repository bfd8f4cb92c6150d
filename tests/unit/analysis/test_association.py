import math

import numpy as np
import pytest

from sweeps_app.analysis.association import correlation_ratio, pearson, spearman, varied_together
from sweeps_app.analysis.encoding import ParameterAxis, axis_columns

X = ParameterAxis(("x",), "number")
LOG = ParameterAxis(("x",), "number", log=True)
OPT = ParameterAxis(("x",), "category")


def _column(axis, values):
    return axis_columns([{"x": value} if value is not None else {} for value in values], [axis])[0]


def test_pearson_is_on_the_axis_scale_and_spearman_knows_none():
    values = [10.0**i for i in range(6)]
    target = np.arange(6.0)
    assert pearson(_column(LOG, values), target) == pytest.approx(1)
    assert pearson(_column(X, values), target) < 0.8
    assert spearman(_column(X, values), target) == pytest.approx(1)
    assert spearman(_column(X, values), -(target**3)) == pytest.approx(-1)


def test_runs_without_the_parameter_do_not_count():
    column = _column(X, [1.0, 2.0, 3.0, None, None])
    assert spearman(column, np.array([3.0, 2.0, 1.0, 99.0, -99.0])) == pytest.approx(-1)


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 1.0, 1.0], [None, None, None]])
def test_too_few_points_or_values_have_no_direction(values):
    column = _column(X, values)
    assert pearson(column, np.arange(float(len(values)))) is None
    assert spearman(column, np.arange(float(len(values)))) is None


def test_a_category_has_no_direction_but_a_strength():
    labels = ["a", "b", "c"] * 40
    column = _column(OPT, labels)
    target = np.array([{"a": 0.0, "b": 5.0, "c": 1.0}[label] for label in labels])
    assert (pearson(column, target), spearman(column, target)) == (None, None)
    assert correlation_ratio(column, target) == pytest.approx(1)
    assert correlation_ratio(_column(X, [1.0, 2.0]), np.arange(2.0)) is None


def test_many_labels_explain_nothing_by_chance():
    rng = np.random.default_rng(0)
    found = [
        correlation_ratio(_column(OPT, [f"l{v}" for v in rng.integers(20, size=60)]), rng.normal(size=60))
        for _ in range(40)
    ]
    # Without the correction it would be about 0.57 each time.
    assert np.mean(np.square(found)) < 0.06
    assert correlation_ratio(_column(OPT, ["a", "b", "c"]), np.arange(3.0)) is None


def test_parameters_that_were_varied_together_are_named_the_strongest_first():
    rng = np.random.default_rng(0)
    a = rng.random(60)
    columns = axis_columns(
        [
            {"a": float(v), "b": math.exp(v), "c": float(-v + 0.3 * n), "d": float(n), "o": "x"}
            for v, n in zip(a, rng.random(60), strict=True)
        ],
        [ParameterAxis((name,), "number") for name in "abcd"] + [ParameterAxis(("o",), "category")],
    )
    found = varied_together(columns)
    assert [pair[:2] for pair in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found[0][2] == pytest.approx(1)
    assert found[1][2] < -0.9
    assert varied_together([]) == []
