"""Fronts and selection against plain definitions and known figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sweeps_app.search.pareto import best_first, crowding_distance, non_dominated

shapes = st.tuples(st.integers(0, 25), st.integers(1, 4))
coarse = hnp.arrays(np.float64, shapes, elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan]))
unit_points = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 7), st.integers(1, 4)), elements=st.integers(0, 4).map(float)
)


def by_definition(losses):
    """Return the front by comparing each row with each other one."""
    known = [not np.isnan(row).any() for row in losses]
    return [
        known[i]
        and not any(
            known[j] and (losses[j] <= losses[i]).all() and (losses[j] < losses[i]).any() for j in range(len(losses))
        )
        for i in range(len(losses))
    ]


@given(coarse)
def test_the_front_is_what_the_definition_says(losses):
    assert non_dominated(losses).tolist() == by_definition(losses)


@given(coarse, st.integers(0, 30))
def test_the_best_come_front_by_front(losses, count):
    found = best_first(losses, count).tolist()
    assert len(found) == len(set(found)) == min(count, int((~np.isnan(losses).any(axis=1)).sum()))
    rest = losses.copy()
    while found:
        front = set(np.flatnonzero(by_definition(rest)).tolist())
        head = found[: len(front)]
        assert set(head) <= front
        found = found[len(head) :]
        rest[list(front)] = np.nan


def test_one_metric_is_ordered_by_size():
    assert best_first(np.array([[3.0], [1.0], [2.0], [1.0], [np.nan]]), 3).tolist() == [1, 3, 2]


def test_the_ends_and_the_isolated_come_first():
    front = np.array([[0.0, 10.0], [1.0, 9.0], [2.0, 8.0], [6.0, 4.0], [10.0, 0.0]])
    distances = crowding_distance(front)
    assert np.isinf(distances[[0, 4]]).all()
    assert distances[1:4].tolist() == pytest.approx([0.4, 1.0, 1.6])
    assert best_first(front, 3).tolist() == [0, 4, 3]


@pytest.mark.parametrize("scale", [1.0, 1e308, 1e-300])
def test_crowding_takes_any_scale(scale):
    front = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]]) * scale
    assert crowding_distance(front)[1] == pytest.approx(2.0)
