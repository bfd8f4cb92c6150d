import numpy as np
import pytest

from sweeps_app.analysis import forest
from sweeps_app.analysis.forest import FOLDS, held_out_losses


def _problem(n=120, seed=0):
    """The target depends on feature 0, and on 1 and 2 together; 3 is noise."""
    matrix = np.random.default_rng(seed).random((n, 4))
    return matrix, 3 * matrix[:, 0] + np.abs(matrix[:, 1] - matrix[:, 2])


GROUPS = [np.array([0]), np.array([1, 2]), np.array([3])]


def test_losses_rank_what_the_target_depends_on_and_give_noise_nothing():
    found = held_out_losses(*_problem(), GROUPS, seed=1)
    assert found.losses.shape == (FOLDS, 3)
    first, second, noise = found.losses.mean(axis=0)
    assert first > second > 5 * abs(noise)
    assert 0.8 < found.r2 < 1


def test_noise_is_not_predicted():
    matrix, _ = _problem()
    target = np.random.default_rng(3).normal(size=len(matrix))
    assert held_out_losses(matrix, target, GROUPS, seed=1).r2 < 0.1


@pytest.mark.parametrize("n", [10, 120])
def test_the_same_seed_gives_the_same_figures_and_another_does_not(n):
    matrix, target = _problem(n)
    first, again, other = (held_out_losses(matrix, target, GROUPS, seed=seed) for seed in (1, 1, 2))
    assert (first.r2, first.losses.tolist()) == (again.r2, again.losses.tolist())
    assert first.losses.tolist() != other.losses.tolist()


def test_the_scale_of_the_target_does_not_matter():
    matrix, target = _problem()
    one, other = (held_out_losses(matrix, scale * target, GROUPS, seed=1) for scale in (1.0, 1024.0))
    assert np.allclose(one.losses, other.losses)
    assert one.r2 == pytest.approx(other.r2)


def test_many_groups_are_predicted_in_parts_with_the_same_result(monkeypatch):
    matrix, target = _problem()
    whole = held_out_losses(matrix, target, GROUPS, seed=1)
    monkeypatch.setattr(forest, "_CELLS", 1)
    assert held_out_losses(matrix, target, GROUPS, seed=1).losses.tolist() == whole.losses.tolist()


def test_the_forest_leaves_its_input_as_it_was():
    matrix, target = _problem()
    before = matrix.copy()
    held_out_losses(matrix, target, GROUPS, seed=1)
    assert (matrix == before).all()
