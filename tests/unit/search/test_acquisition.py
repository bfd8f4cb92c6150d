"""Expected improvement, and the search for its largest value."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from sweeps_app.search.acquisition import Acquisition, expected_improvement, log_unit_improvement
from sweeps_app.search.design import design_of
from sweeps_app.search.maximise import climb, pick_starts
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.search.surrogate import fit_surrogate

PARAMETERS = {
    "kind": {"values": ["a", "b", "c"]},
    "rate": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0},
    "size": {"min": 1, "max": 40},
    "share": {"min": 0.0, "max": 1.0, "when": {"kind": ["a", "b"]}},
}


def design_from(parameters, **fields):
    checked = check_config({"method": "random", "parameters": parameters, **fields})
    assert checked.config is not None, checked.problems
    return design_of(space_from_config(checked.config))


def acquisition_of(design, count=25, seed=0):
    generator = np.random.default_rng(seed)
    units = design.snapped(1 - generator.random((count, len(design.space.parameters))))
    values = np.sum((units - 0.4) ** 2, axis=1)
    surrogate = fit_surrogate(design, units, values)
    return Acquisition(surrogate.process, design, surrogate.best)


def points(design, count, seed=1):
    return design.snapped(1 - np.random.default_rng(seed).random((count, len(design.space.parameters))))


def test_expected_improvement_is_the_mean_of_the_improvements():
    draws = np.random.default_rng(0).normal(size=400_000)
    for mean, deviation, best in [(0.0, 1.0, 0.0), (1.0, 0.5, 0.3), (-2.0, 2.0, -1.0)]:
        improvements = np.maximum(best - (mean + deviation * draws), 0)
        found = expected_improvement(np.array([mean]), np.array([deviation]), best)[0]
        assert found == pytest.approx(improvements.mean(), rel=0.02)


@pytest.mark.parametrize("z", [-30.0, -12.0, -5.0, -1.0001, -0.9999, 0.0, 2.0, 8.0])
def test_its_logarithm_is_exact_where_the_improvement_is_tiny(z):
    # The density is taken out of the integral, so that it is not lost below the smallest double.
    shifted, _ = quad(lambda t: t * math.exp(z * t - t * t / 2), 0, np.inf, epsabs=0, epsrel=1e-12, limit=200)
    exact = math.log(shifted) - z * z / 2 - 0.5 * math.log(2 * math.pi)
    assert log_unit_improvement(np.array([z]))[0][0] == pytest.approx(exact, rel=1e-9)


def test_its_logarithm_and_slope_are_finite_smooth_and_rising_far_out():
    z = np.concatenate([-np.logspace(9, 0, 400), np.linspace(-0.99, 30, 200)])
    value, slope = log_unit_improvement(z)
    assert np.isfinite(value).all()
    assert (np.diff(value) > 0).all()
    assert (slope > 0).all()
    for x in [-2e4, -1.5e4, -9e3, -30.0, -3.0, 0.5, 5.0]:
        step = 1e-5 * max(1.0, abs(x))
        (high, low), _ = log_unit_improvement(np.array([x + step, x - step]))
        assert log_unit_improvement(np.array([x]))[1][0] == pytest.approx((high - low) / (2 * step), rel=1e-4)


def test_the_gradient_is_that_of_finite_differences_where_parameters_are_present():
    design = design_from(PARAMETERS)
    acquisition = acquisition_of(design)
    for point in points(design, 12):
        value, gradient = acquisition.with_gradient(point[None])
        assert value == pytest.approx(acquisition(point[None]))
        for position in range(4):
            move = 1e-6 * np.eye(4)[position]
            slope = (acquisition((point + move)[None]) - acquisition((point - move)[None]))[0] / 2e-6
            expected = slope if position in design.continuous else 0.0
            assert gradient[0, position] == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_climbing_reaches_what_a_fine_sample_does_not_beat():
    design = design_from(PARAMETERS)
    acquisition = acquisition_of(design)
    starts = points(design, 8)
    reached, values = climb(acquisition, starts)
    assert (values >= acquisition(starts)).all()
    assert values == pytest.approx(acquisition(reached))
    assert design.snapped(reached) == pytest.approx(reached)
    assert values.max() >= acquisition(points(design, 4000, seed=2)).max()


def test_climbing_stays_where_it_is_allowed():
    design = design_from(PARAMETERS)
    acquisition = acquisition_of(design)

    def allowed(units):
        return units[:, 1] + units[:, 2] > 1.2

    starts = points(design, 200)
    starts = starts[allowed(starts)][:6]
    reached, values = climb(acquisition, starts, allowed)
    assert allowed(reached).all()
    assert (values >= acquisition(starts)).all()
    assert (values > acquisition(starts)).any()


def test_starts_are_the_best_and_others_by_their_odds():
    generator = np.random.default_rng(0)
    values = np.array([-1000.0, -1.0, -2.0, -1.5, -900.0])
    found = pick_starts(values, 3, generator)
    assert found[0] == 1
    assert set(found[1:]) == {2, 3}
    assert pick_starts(values, 10, generator).tolist()[0] == 1
    assert sorted(pick_starts(values, 10, generator)) == [1, 2, 3]
    assert pick_starts(np.array([-3.0]), 4, generator).tolist() == [0]
