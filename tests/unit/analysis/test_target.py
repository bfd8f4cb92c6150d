import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.analysis.target import fenced


def test_outliers_are_drawn_in_and_counted():
    target = fenced(np.array([*np.linspace(0, 1, 99), 1e9]))
    assert target.drawn_in == 1
    assert target.in_units(target.values)[:99] == pytest.approx(np.linspace(0, 1, 99))
    assert target.in_units(target.values)[99] == pytest.approx(1.515, abs=0.01)


def test_what_many_runs_have_is_no_outlier():
    values = np.array([0.0] * 70 + [5.0] * 30)
    target = fenced(values)
    assert (target.drawn_in, target.in_units(target.values).tolist()) == (0, values.tolist())


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=30))
def test_any_finite_values_lie_in_reach_of_a_model(values):
    target = fenced(np.array(values, dtype=np.float64))
    assert np.isfinite(target.values).all()
    assert (np.abs(target.values) <= 1).all()
    assert np.isfinite(target.in_units(target.values)).all()
