"""The hypervolume against known fronts, a plain count, and itself after each row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sweeps_app.analysis.hypervolume import hypervolume, hypervolume_growth, reference_point

unit_points = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 7), st.integers(2, 4)), elements=st.integers(0, 4).map(float)
)


@pytest.mark.parametrize(
    ("losses", "reference", "volume"),
    [
        ([[0.0, 1.0], [1.0, 0.0]], [2.0, 2.0], 3.0),
        ([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [2.0, 2.0], 3.0),
        ([[1.0, 1.0, 1.0]], [2.0, 3.0, 4.0], 6.0),
        ([[5.0, 0.0]], [2.0, 2.0], 0.0),
        ([[np.nan, 0.0], [1.0, 1.0]], [2.0, 2.0], 1.0),
        # By inclusion and exclusion: three boxes of 4 that share 2 in pairs and 1 in all; three of 3 that share 1.
        ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [2.0, 2.0, 2.0], 7.0),
        ([[1.0, 3.0, 3.0], [2.0, 2.0, 4.0], [3.0, 1.0, 3.0], [3.0, 3.0, 1.0]], [4.0, 4.0, 4.0], 7.0),
        (np.empty((0, 2)), [1.0, 1.0], 0.0),
    ],
)
def test_hypervolume_of_known_fronts(losses, reference, volume):
    assert hypervolume(np.array(losses), np.array(reference)) == pytest.approx(volume)


@given(unit_points)
def test_hypervolume_counts_the_unit_cells_that_are_dominated(losses):
    size = losses.shape[1]
    cells = np.stack(np.meshgrid(*[np.arange(4.0)] * size, indexing="ij"), axis=-1).reshape(-1, size)
    dominated = (losses[:, None, :] <= cells[None]).all(axis=2).any(axis=0)
    assert hypervolume(losses, np.full(size, 4.0)) == pytest.approx(dominated.sum())


def test_the_corner_of_a_sphere_has_its_known_volume():
    angles = np.linspace(0, np.pi / 2, 4001)
    quarter = 1 - np.column_stack([np.cos(angles), np.sin(angles)])
    # All points are on the circle, so that what they dominate of the unit square is what lies within its quarter.
    assert hypervolume(quarter, np.ones(2)) == pytest.approx(np.pi / 4, abs=5e-4)


@given(unit_points)
def test_the_volume_grows_to_that_of_all_rows_and_only_by_rows_that_add_some(losses):
    reference = np.full(losses.shape[1], 4.0)
    growth = hypervolume_growth(losses, reference)
    assert growth.improved == len(growth.rows)
    assert (np.diff(growth.volumes, prepend=0.0) > 0).all()
    totals = [hypervolume(losses[: row + 1], reference) for row in range(len(losses))]
    assert growth.volumes.tolist() == pytest.approx([totals[row] for row in growth.rows])
    assert totals[-1] == pytest.approx(growth.volumes[-1] if len(growth.rows) else 0.0)


def test_of_many_improvements_some_are_given_but_always_the_first_and_the_last():
    steps = np.arange(5000.0)
    growth = hypervolume_growth(np.column_stack([steps[::-1], steps]), np.full(2, 5000.0))
    assert growth.improved == 5000
    assert len(growth.rows) == 300
    assert growth.rows[[0, -1]].tolist() == [0, 4999]
    assert growth.volumes[-1] == 5000 * 5001 / 2


def test_the_reference_is_beyond_the_worst_but_not_beyond_what_diverged():
    losses = np.column_stack([np.arange(11.0), [*np.arange(10.0), 1e9]])
    np.testing.assert_allclose(reference_point(losses), [11.0, 9.9])
    assert (reference_point(np.array([[2.0, 0.0], [2.0, 0.0]])) > [2.0, 0.0]).all()
