"""Figures of groups, whatever the blocks in which the rows come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.selectors.group_figures import GroupFigures


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(-1e6, 1e6) | st.just(float("nan"))), min_size=1),
    st.integers(1, 7),
)
def test_figures_are_those_of_all_rows_at_once(rows, block):
    gathered = GroupFigures(1)
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        gathered.add(np.array([group for group, _ in part]), np.array([[value] for _, value in part]))
    for group, found in enumerate(gathered.figures()):
        values = np.array([value for g, value in rows if g == group and value == value])
        if not len(values):
            assert found == [None]
            continue
        (figures,) = found
        assert (figures.count, figures.minimum, figures.maximum) == (len(values), values.min(), values.max())
        assert figures.mean == pytest.approx(values.mean(), abs=1e-6)
        if len(values) > 1:
            assert figures.deviation == pytest.approx(values.std(ddof=1), rel=1e-6, abs=1e-5)
    assert sum(gathered.counts()) == len(rows)


def test_a_small_deviation_of_large_numbers_is_not_lost():
    gathered = GroupFigures(1)
    for offset in (1.0, 2.0, 3.0):
        gathered.add(np.zeros(1, dtype=np.int64), np.array([[1e9 + offset]]))
    assert gathered.figures()[0][0].deviation == pytest.approx(1.0)
