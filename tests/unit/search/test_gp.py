"""The Gaussian process: against the reference's figures, scikit-learn, and finite differences."""

import math

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from sweeps_app.search.acquisition import expected_improvement
from sweeps_app.search.gp import Data, GaussianProcess, Hyperparameters, cholesky, mean_and_weights
from sweeps_app.search.kernels import matern32, matern52, pair_distances
from sweeps_app.search.likelihood import LogNormal, Model, Posterior, fit, start_of

MODEL = Model(
    LogNormal(0.5, 1.0, 5e-3, 1e2), LogNormal(1.0, 1.0, 1e-3, 1e3), LogNormal(1e-5, 3.0, 1e-8, 10.0), mean_variance=1
)


def sample(rows=12, columns=3, seed=0):
    generator = np.random.default_rng(seed)
    features = generator.random((rows, columns))
    targets = np.sin(5 * features[:, 0]) + features[:, 1] ** 2
    return Data(features, np.arange(columns), (targets - targets.mean()) / targets.std())


def slopes(function, at, step=1e-6):
    """Return the derivative of `function` by each entry of `at`, by central differences."""
    moves = step * np.eye(len(at))
    return np.array([(function(at + move) - function(at - move)) / (2 * step) for move in moves])


def test_the_vector_of_the_reference_formulas_is_reproduced():
    # An isotropic Matern of 3/2 with a fixed noise of 1e-7, fitted to standardised values by likelihood alone.
    features = np.array([[0.1, 0.2], [0.4, 0.9], [0.8, 0.3], [0.6, 0.6]])
    values = np.array([1, 0.2, 0.7, 0.1])
    targets = (values - values.mean()) / (values.std() + 1e-6)
    model = Model(LogNormal(1.0, math.inf, 1e-5, 1e5), LogNormal.fixed(1.0), LogNormal.fixed(1e-7), kernel=matern32)
    data = Data(features, np.zeros(2, dtype=np.intp), targets)
    start = np.log([0.3, 1.0, 1e-7])
    fitted = fit(data, model, [start], iterations=200, tolerance=1e-10)
    process = GaussianProcess(data, fitted.hyper, kernel=matern32)
    mean, variance = process.predict(np.array([[0.5, 0.5], [0.2, 0.8], [0.9, 0.9]]))
    deviation = np.sqrt(variance)
    assert fitted.hyper.lengths == pytest.approx([0.1661726], abs=1e-6)
    assert mean == pytest.approx([-0.5524679, -0.2666030, -0.0864106], abs=1e-6)
    assert deviation == pytest.approx([0.8220706, 0.9458745, 0.9974999], abs=1e-6)
    improvement = expected_improvement(mean, deviation, float(targets.min()))
    assert improvement == pytest.approx([0.1272519, 0.1004968, 0.0823566], abs=1e-6)


@pytest.mark.parametrize(("kernel", "nu"), [(matern32, 1.5), (matern52, 2.5)])
def test_predictions_and_likelihood_agree_with_scikit_learn(kernel, nu):
    data = sample(20)
    hyper = Hyperparameters(np.array([0.4, 0.9, 2.0]), 1.7, 1e-3)
    theirs = GaussianProcessRegressor(
        ConstantKernel(hyper.signal) * Matern(hyper.lengths, nu=nu) + WhiteKernel(hyper.noise), optimizer=None
    ).fit(data.features, data.targets)
    points = np.random.default_rng(1).random((7, 3))
    mean, deviation = theirs.predict(points, return_std=True)
    ours = GaussianProcess(data, hyper, kernel=kernel).predict(points)
    assert ours.mean == pytest.approx(mean, rel=1e-6)
    assert ours.variance + hyper.noise == pytest.approx(deviation**2, rel=1e-6)
    flat = Model(*[LogNormal(1.0, math.inf, 1e-9, 1e9)] * 3, kernel=kernel)
    loss, _ = Posterior(data, flat)(np.log([*hyper.lengths, hyper.signal, hyper.noise]))
    assert -loss == pytest.approx(theirs.log_marginal_likelihood_value_, rel=1e-6)


@pytest.mark.parametrize("mean_variance", [0, 1])
@pytest.mark.parametrize("kernel", [matern32, matern52])
def test_the_gradient_of_the_posterior_is_that_of_finite_differences(kernel, mean_variance):
    data = sample(columns=4)
    data = Data(data.features, np.array([0, 0, 1, 2]), data.targets)  # two features share a length
    model = Model(MODEL.length, MODEL.signal, MODEL.noise, kernel=kernel, mean_variance=mean_variance)
    posterior = Posterior(data, model)
    logs = np.log([0.3, 0.8, 1.5, 0.7, 1e-2])
    assert posterior(logs)[1] == pytest.approx(slopes(lambda at: posterior(at)[0], logs), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("kernel", [matern32, matern52])
def test_the_gradients_of_predictions_are_those_of_finite_differences(kernel):
    process = GaussianProcess(sample(), Hyperparameters(np.array([0.4, 0.9, 2.0]), 1.7, 1e-3), kernel=kernel)
    point = np.array([0.2, 0.7, 0.4])
    found = process.predict_with_gradient(point[None])
    assert found.mean_gradient[0] == pytest.approx(
        slopes(lambda at: process.predict(at[None]).mean[0], point), rel=1e-5
    )
    by_variance = slopes(lambda at: process.predict(at[None]).variance[0], point)
    assert found.variance_gradient[0] == pytest.approx(by_variance, rel=1e-5)
    assert (found.mean, found.variance) == process.predict(point[None])


def test_the_constant_mean_is_the_most_probable_one():
    data = sample()
    hyper = Hyperparameters(np.full(3, 0.5), 1.0, 1e-2)
    process = GaussianProcess(Data(data.features, data.groups, data.targets + 3), hyper, mean_variance=2.0)
    squared = np.sum((data.features[:, None] - data.features[None]) ** 2 / 0.25, axis=2)
    covariance = matern52(squared)[0] + 1e-2 * np.eye(len(data))

    def loss(mean):
        off = data.targets + 3 - mean
        return 0.5 * off @ np.linalg.solve(covariance, off) + 0.5 * mean**2 / 2.0

    grid = process.mean + np.linspace(-0.1, 0.1, 201)
    assert grid[np.argmin([loss(mean) for mean in grid])] == pytest.approx(process.mean, abs=1e-3)
    assert mean_and_weights(cholesky(covariance, 0), data.targets, 0)[0] == 0


def test_more_rows_give_the_process_of_all_rows():
    data = sample(10)
    hyper = Hyperparameters(np.full(3, 0.5), 1.0, 1e-4)
    first = Data(data.features[:7], data.groups, data.targets[:7])
    point = np.full((1, 3), 0.3)
    grown = GaussianProcess(first, hyper).with_rows(data.features[7:], data.targets[7:])
    assert grown.predict(point).mean == pytest.approx(GaussianProcess(data, hyper).predict(point).mean)


def test_fitting_tells_parameters_that_matter_from_those_that_do_not():
    data = sample(60, columns=4)
    lengths = fit(data, MODEL, [start_of(data, MODEL)]).hyper.lengths
    assert max(lengths[:2]) < 0.5 * min(lengths[2:])


def test_fitting_finds_how_large_the_noise_is():
    data = sample(80)
    noisy = Data(data.features, data.groups, data.targets + np.random.default_rng(2).normal(0, 0.3, 80))
    clean = fit(data, MODEL, [start_of(data, MODEL)]).hyper.noise
    assert clean < 1e-3
    found = fit(noisy, MODEL, [start_of(noisy, MODEL), start_of(noisy, MODEL, noise=0.03)]).hyper.noise
    assert 0.04 < found < 0.2


@pytest.mark.parametrize(
    ("features", "targets"),
    [
        ([[0.5, 0.5]], [0.0]),
        ([[0.5, 0.5]] * 5, [0.0] * 5),
        ([[0.5, 0.5]] * 4 + [[0.1, 0.9]], [1.0, -1.0, 1.0, -1.0, 0.0]),
        ([[i / 9, 0.0] for i in range(10)], [0.0] * 10),
    ],
    ids=["one", "the same five", "contradictions", "constant"],
)
def test_degenerate_observations_are_fitted(features, targets):
    data = Data(np.array(features), np.arange(2), np.array(targets))
    fitted = fit(data, MODEL, [start_of(data, MODEL)])
    mean, variance = GaussianProcess(data, fitted.hyper, mean_variance=1).predict(np.array([[0.2, 0.3]]))
    assert np.isfinite(mean).all()
    assert (variance > 0).all()


def test_distances_of_pairs_are_split_by_group():
    features = np.random.default_rng(0).random((5, 4))
    found = pair_distances(features, np.array([0, 1, 1, 1]))
    first, second = np.triu_indices(5, 1)
    squares = (features[first] - features[second]) ** 2
    assert found == pytest.approx(np.stack([squares[:, 0], squares[:, 1:].sum(axis=1)]))


def test_a_singular_matrix_gets_the_noise_that_it_needs():
    assert np.isfinite(cholesky(np.ones((4, 4)), 0.0)).all()
