import numpy as np
import pytest

from sweeps_app.analysis.encoding import AxisColumn, ParameterAxis
from sweeps_app.analysis.field import local_means, side_of, worst_fence

pytestmark = pytest.mark.serverless

LR = ParameterAxis(("lr",), "number", log=True)
DROPOUT = ParameterAxis(("dropout",), "number")


def _sides(n, seed=0):
    rng = np.random.default_rng(seed)
    lr = AxisColumn(LR, 10 ** rng.uniform(-4, 0, n))
    dropout = AxisColumn(DROPOUT, rng.uniform(0, 1, n))
    return side_of(lr), side_of(dropout)


def test_the_field_follows_a_plane_inside_of_the_runs():
    across, up = _sides(4000)
    field = local_means(across, up, across.units + 2 * up.units, goal="")
    truth = across.places[None] + 2 * up.places[:, None]
    inner = (slice(10, -10), slice(10, -10))  # at the edges a mean leans inwards
    np.testing.assert_allclose(field.means[inner], truth[inner], atol=0.05)
    assert (field.runs, field.cap) == (4000, None)


def test_there_is_no_value_where_fewer_than_three_runs_are_near():
    across, up = _sides(2000)
    values = np.where((across.units < 0.4) & (up.units < 0.4), 1.0, np.nan)
    means = local_means(across, up, values, goal="minimize").means
    assert np.isnan(means[-5:]).all()
    assert np.isfinite(means[5:15, 5:15]).all()
    two = np.full(2000, np.nan)
    two[:2] = 1.0
    assert np.isnan(local_means(across, up, two, goal="minimize").means).all()
    assert local_means(across, up, np.full(2000, np.nan), goal="minimize").runs == 0


def test_labels_do_not_blur_into_one_another():
    across, _ = _sides(600)
    codes = np.arange(600) % 3.0
    up = side_of(AxisColumn(ParameterAxis(("optimizer",), "category"), codes, ("a", "b", "c")))
    means = local_means(across, up, codes * 10, goal="").means
    for row, expected in zip(means, (0, 10, 20), strict=True):
        np.testing.assert_allclose(row[~np.isnan(row)], expected)


@pytest.mark.parametrize(("goal", "sign"), [("minimize", 1), ("maximize", -1)])
def test_runs_that_diverged_count_as_much_as_the_fence(goal, sign):
    across, up = _sides(500)
    values = sign * np.concatenate([[1e12], np.linspace(1, 2, 499)])
    field = local_means(across, up, values, goal=goal)
    assert field.cap == pytest.approx(sign * 2.5, abs=0.02)
    assert np.nanmax(np.abs(field.means)) < 2.6
    assert worst_fence(sign * np.linspace(1, 2, 499), goal) is None
    assert worst_fence(values[:7], goal) is None


def test_the_same_place_for_all_runs_is_a_field_too():
    side = side_of(AxisColumn(DROPOUT, np.full(5, 0.3)))
    means = local_means(side, side, np.arange(5.0), goal="minimize").means
    assert np.nanmin(means) == pytest.approx(2.0)
