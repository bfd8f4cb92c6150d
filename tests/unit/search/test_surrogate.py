"""The warps of an objective, and the bounded model."""

import numpy as np
import pytest

from sweeps_app.search.design import design_of
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.search.surrogate import MODEL_SIZE, fit_surrogate, representative
from sweeps_app.search.warps import Warp, candidates

VALUES = np.random.default_rng(0).lognormal(1.0, 2.0, 40)
WARPS = [Warp.linear(VALUES), Warp.log(VALUES, 0.1)]


def plane():
    checked = check_config({"method": "random", "parameters": {n: {"min": 0.0, "max": 1.0} for n in ("x", "y")}})
    return design_of(space_from_config(checked.config))


@pytest.mark.parametrize("warp", WARPS)
def test_a_warp_standardises_rises_and_can_be_undone(warp):
    warped = warp.forward(VALUES)
    assert warped.mean() == pytest.approx(0, abs=1e-9)
    assert warped.std() == pytest.approx(1)
    assert (np.argsort(warped) == np.argsort(VALUES)).all()
    assert [warp.backward(w) for w in warped.tolist()] == pytest.approx(VALUES)


@pytest.mark.parametrize("warp", WARPS)
def test_the_jacobian_of_a_warp_is_that_of_finite_differences(warp):
    slopes = (warp.forward(VALUES + 1e-6) - warp.forward(VALUES - 1e-6)) / 2e-6
    assert warp.log_jacobian(VALUES) == pytest.approx(np.log(slopes).sum(), rel=1e-5)


@pytest.mark.parametrize("warp", WARPS)
def test_the_outlook_on_the_objectives_scale_is_that_of_many_draws(warp):
    best = float(warp.forward(np.array([2.0]))[0])
    draws = np.random.default_rng(1).normal(best + 0.1, 0.3, 200_000)
    values = np.array([warp.backward(draw) for draw in draws.tolist()])
    found = warp.outlook(best + 0.1, 0.3, best)
    low, middle, high = np.quantile(values, [0.158655, 0.5, 0.841345])
    assert found.mean == pytest.approx(middle, rel=0.02)
    assert found.deviation == pytest.approx((high - low) / 2, rel=0.02)
    assert found.improvement == pytest.approx(np.maximum(2.0 - values, 0).mean(), rel=0.03)


def test_an_improvement_is_never_negative_and_never_infinite():
    for warp in [Warp.linear(VALUES), Warp.log(VALUES, 1e-9)]:
        for mean, deviation in [(50.0, 1e-7), (50.0, 40.0), (-50.0, 1e-7)]:
            found = warp.outlook(mean, deviation, 0.0)
            assert np.isfinite(found).all()
            assert found.improvement >= 0


def test_equal_values_are_not_spread_by_a_logarithm():
    assert candidates(np.full(5, 7.0)) == [Warp(7.0, 1.0)]
    assert len(candidates(VALUES)) == 4


def test_values_over_orders_of_magnitude_are_modelled_by_their_logarithm_and_others_are_not():
    design = plane()
    units = 1 - np.random.default_rng(3).random((40, 2))
    plain = np.sin(5 * units[:, 0]) + units[:, 1]
    assert fit_surrogate(design, units, plain).warp.origin is None
    assert fit_surrogate(design, units, np.exp(6 * plain)).warp.origin is not None


def test_what_the_model_is_fitted_to_is_bounded_and_keeps_the_best():
    generator = np.random.default_rng(4)
    features, values = generator.random((900, 3)), generator.random(900)
    kept = representative(features, values, 100)
    assert len(set(kept.tolist())) == 100
    assert set(np.argsort(values)[:50]) <= set(kept.tolist())
    rest = [i for i in kept.tolist() if i not in set(np.argsort(values)[:50])]
    gaps = np.linalg.norm(features[rest][:, None] - features[rest][None], axis=2) + 9 * np.eye(50)
    drawn = features[generator.choice(900, 50, replace=False)]
    random_gaps = np.linalg.norm(drawn[:, None] - drawn[None], axis=2) + 9 * np.eye(50)
    assert gaps.min() > 2 * random_gaps.min()
    assert representative(features[:5], values[:5], 100).tolist() == [0, 1, 2, 3, 4]


def test_a_thousand_runs_make_a_model_of_two_hundred():
    units = 1 - np.random.default_rng(5).random((1000, 2))
    surrogate = fit_surrogate(plane(), units, np.sum((units - 0.3) ** 2, axis=1))
    assert len(surrogate.process.data) == MODEL_SIZE


def test_points_that_are_running_become_certain_and_count_for_the_best():
    units = 1 - np.random.default_rng(6).random((15, 2))
    surrogate = fit_surrogate(plane(), units, np.sum((units - 0.3) ** 2, axis=1))
    point = np.array([[0.3, 0.3]])
    before = surrogate.process.predict(point)
    grown = surrogate.with_pending(point)
    after = grown.process.predict(point)
    assert after.mean == pytest.approx(before.mean, abs=1e-3)
    assert after.variance[0] < 0.1 * before.variance[0]
    assert grown.best == pytest.approx(min(surrogate.best, float(before.mean[0])), abs=1e-2)
    assert surrogate.with_pending(np.empty((0, 2))) is surrogate
