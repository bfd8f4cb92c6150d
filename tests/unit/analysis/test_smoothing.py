import numpy as np
import pytest

from sweeps_app.analysis.smoothing import METHODS, Smoothing, smoothed


def test_the_moving_average_is_debiased_as_wandb_does():
    last, expected = 0.0, []
    values = np.array([4.0, 2.0, 8.0, -1.0])
    for count, value in enumerate(values, 1):
        last = 0.6 * last + 0.4 * value
        expected.append(last / (1 - 0.6**count))
    found = smoothed(values, Smoothing("ema", 60))
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert found[0] == values[0]


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_stays_and_noise_gets_less(method):
    np.testing.assert_allclose(smoothed(np.full(50, 3.0), Smoothing(method, 40)), 3.0)
    noise = np.random.default_rng(0).normal(size=400)
    assert smoothed(noise, Smoothing(method, 50)).std() < 0.6 * noise.std()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("values", [[], [1.0], [1.0, 5.0]])
def test_few_points_are_no_trouble(method, values):
    found = smoothed(np.array(values), Smoothing(method, 99))
    assert len(found) == len(values)
    assert np.isfinite(found).all()


def test_no_smoothing_leaves_values_alone():
    values = np.array([1.0, 9.0])
    assert smoothed(values, None) is values
    assert smoothed(values, Smoothing("gaussian", 0)) is values


def test_windows_are_centred_and_shrink_at_the_ends():
    values = np.array([0.0, 0.0, 9.0, 0.0, 0.0])
    np.testing.assert_allclose(smoothed(values, Smoothing("average", 3)), [0, 3, 3, 3, 0])
    bell = smoothed(values, Smoothing("gaussian", 1))
    np.testing.assert_allclose(bell[[0, 1]], bell[[4, 3]])
    weights = np.exp(-0.5 * np.arange(-2, 3) ** 2.0)
    assert bell[2] == pytest.approx(9 / weights.sum())
