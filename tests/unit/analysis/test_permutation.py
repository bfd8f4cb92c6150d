import numpy as np
import pytest

from sweeps_app.analysis.forest import REFITS, grow_forests
from sweeps_app.analysis.permutation import Group, held_out_losses
from sweeps_app.analysis.shares import r2_of, shares_of


def _losses(target_of, n=150, k=4, groups=None, seed=0):
    features = np.random.default_rng(seed).random((n, k)).astype(np.float32)
    target = target_of(features.astype(np.float64))
    groups = groups or [Group(np.array([j]), np.arange(n)) for j in range(k)]
    return held_out_losses(grow_forests(features, target, seed=seed), features, target, groups, seed=seed)


def _noise(x):
    return np.random.default_rng(5).normal(size=len(x))


def test_losses_are_shares_of_the_variance_and_noise_has_none():
    losses = _losses(lambda x: 3 * x[:, 0] + np.abs(x[:, 1] - x[:, 2]))
    first, second, third, noise = losses.means
    # A parameter that explains a share s of the variance loses twice that when it is exchanged.
    assert 1.0 < first < 2.0
    assert first > second > 3 * abs(noise)
    assert third > 3 * abs(noise)
    assert 0.8 < r2_of(losses).value < 1


def test_features_of_one_parameter_are_exchanged_together():
    groups = [Group(np.array([0]), np.arange(150)), Group(np.array([1, 2]), np.arange(150))]
    both = _losses(lambda x: np.abs(x[:, 1] - x[:, 2]), groups=groups)
    assert both.means[1] > 0.5
    assert abs(both.means[0]) < 0.1


def test_only_the_runs_that_have_a_parameter_exchange_it():
    def target(x):
        return np.where(x[:, 0] < 0.25, 4 * x[:, 1], 0.0)

    features = np.random.default_rng(0).random((150, 4))
    owners = np.flatnonzero(features[:, 0] < 0.25)
    others = np.flatnonzero(features[:, 0] >= 0.5)
    having, lacking = (_losses(target, groups=[Group(np.array([1]), rows)]).means[0] for rows in (owners, others))
    assert having > 0.1
    assert abs(lacking) < 0.02


def test_each_bootstrap_sample_gives_figures_around_those_of_all():
    losses = _losses(lambda x: 3 * x[:, 0] + x[:, 1])
    assert losses.mean_replicates.shape == (REFITS, 4)
    assert losses.mean_replicates[:, 0].mean() == pytest.approx(losses.means[0], rel=0.15)
    assert losses.error_replicates.mean() == pytest.approx(losses.error, rel=0.5)
    assert losses.mean_replicates[:, 0].std() > 0


def test_noise_is_not_predicted():
    r2 = r2_of(_losses(_noise))
    assert r2.value < 0.1
    assert r2.low < 0


@pytest.mark.parametrize("n", [10, 150])
def test_the_scale_of_the_target_does_not_matter(n):
    one, other = (_losses(lambda x, scale=scale: scale * x[:, 0], n=n) for scale in (1.0, 1024.0))
    assert np.allclose(one.means, other.means)
    assert np.allclose(one.mean_replicates, other.mean_replicates)


def test_shares_are_ordered_only_where_the_samples_agree():
    clear = shares_of(_losses(lambda x: 4 * x[:, 0] + x[:, 1], n=300))
    assert clear.can_order(0, 1)
    assert not clear.can_order(1, 0)
    alike = shares_of(_losses(lambda x: x[:, 0] + x[:, 1], n=300))
    assert not alike.can_order(0, 1)
    assert not alike.can_order(1, 0)


def test_intervals_hold_their_share_and_shrink_with_more_runs():
    few, many = (shares_of(_losses(lambda x: 2 * x[:, 0] + x[:, 1], n=n)).intervals for n in (40, 600))
    assert all(0 <= i.low <= i.value <= i.high <= 1 for i in (*few, *many))
    assert sum(i.value for i in few) == pytest.approx(1)
    assert many[0].high - many[0].low < (few[0].high - few[0].low) / 2
