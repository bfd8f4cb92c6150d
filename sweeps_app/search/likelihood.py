"""Hyperparameters of a Gaussian process: the most probable ones given the observations, by gradient ascent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack
from scipy.optimize import minimize

from sweeps_app.search.gp import Data, Hyperparameters, gaussian_constant, log_determinant, mean_and_weights
from sweeps_app.search.kernels import Array, Kernel, matern52, pair_distances

_HOPELESS = 1e10


@dataclass(frozen=True)
class LogNormal:
    """A law of a positive number: normal in the logarithm, with the deviation `spread`, between `low` and `high`.

    An infinite `spread` leaves the number to the likelihood; equal bounds fix it.
    """

    median: float
    spread: float
    low: float
    high: float

    @classmethod
    def fixed(cls, value: float) -> "LogNormal":
        """Return the law of a number that is known."""
        return cls(value, math.inf, value, value)


@dataclass(frozen=True)
class Model:
    """The kind of process, and what is thought of its hyperparameters before any observation."""

    length: LogNormal
    signal: LogNormal
    noise: LogNormal
    kernel: Kernel = matern52
    mean_variance: float = 0.0


def start_of(data: Data, model: Model, *, noise: float | None = None) -> Array:
    """Return the logarithms of the medians of the laws, with another `noise` if given."""
    lengths = int(data.groups.max(initial=-1)) + 1
    medians = [model.length.median] * lengths + [model.signal.median, noise or model.noise.median]
    return np.log(medians)


class Posterior:
    """The log posterior density of the hyperparameters as a function of their logarithms: lengths, signal, noise."""

    def __init__(self, data: Data, model: Model) -> None:
        self.model = model
        self._targets = data.targets
        self._distances = pair_distances(data.features, data.groups)
        self._pairs = np.triu_indices(len(data), 1)
        laws = [model.length] * len(self._distances) + [model.signal, model.noise]
        self._medians = np.log([law.median for law in laws])
        self.bounds = [(math.log(law.low), math.log(law.high)) for law in laws]
        self._precisions = np.array([law.spread**-2 for law in laws])

    def __call__(self, logs: Array) -> tuple[float, Array]:
        """Return minus the log density, up to a constant of the priors, and its gradient.

        The marginal likelihood is equation 2.30, its gradient equation 5.9 of Rasmussen and Williams (2006).
        """
        hyper = self.hyperparameters(logs)
        weights_of_distances = hyper.lengths**-2
        correlation, slope = self.model.kernel(weights_of_distances @ self._distances)
        lower, failed = lapack.dpotrf(self._covariance(correlation, hyper), lower=1, clean=1)
        if failed:
            return _HOPELESS, np.zeros_like(logs)
        value, outer, outer_diagonal = self._fit_and_leverage(lower)
        off = logs - self._medians
        trace = float(np.sum(outer_diagonal))
        gradient = -self._precisions * off
        # Each pair stands for two entries of the matrix, which makes up for the 1/2 in front of the trace.
        gradient[:-2] -= 2 * hyper.signal * weights_of_distances * (self._distances @ (outer * slope))
        gradient[-2] += hyper.signal * (float(outer @ correlation) + 0.5 * trace)
        gradient[-1] += 0.5 * hyper.noise * trace
        return 0.5 * float(off @ (self._precisions * off)) - value, -gradient

    def hyperparameters(self, logs: Array) -> Hyperparameters:
        """Return the hyperparameters with these logarithms."""
        return Hyperparameters(np.exp(logs[:-2]), math.exp(logs[-2]), math.exp(logs[-1]))

    def _covariance(self, correlation: Array, hyper: Hyperparameters) -> Array:
        size = len(self._targets)
        covariance = np.zeros((size, size))
        covariance[self._pairs[1], self._pairs[0]] = hyper.signal * correlation
        np.fill_diagonal(covariance, hyper.signal + hyper.noise)
        return covariance

    def _fit_and_leverage(self, lower: Array) -> tuple[float, Array, Array]:
        """Return the log likelihood, and w w' - inv(K) as its pairs below and its entries on the diagonal."""
        variance = self.model.mean_variance
        mean, weights = mean_and_weights(lower, self._targets, variance)
        inverse, _ = lapack.dpotri(lower, lower=1)
        fit = -0.5 * float((self._targets - mean) @ weights) - 0.5 * log_determinant(lower)
        if variance > 0:
            fit -= 0.5 * mean * mean / variance
        first, second = self._pairs
        outer = weights[first] * weights[second] - inverse[second, first]
        return fit - gaussian_constant(len(weights)), outer, weights * weights - np.diag(inverse)


@dataclass(frozen=True, eq=False)
class Fit:
    """Fitted hyperparameters, their logarithms, and the log posterior density there."""

    hyper: Hyperparameters
    logs: Array
    log_density: float


def fit(data: Data, model: Model, starts: Sequence[Array], *, iterations: int = 60, tolerance: float = 1e-3) -> Fit:
    """Return the most probable hyperparameters found from `starts`, their logarithms."""
    posterior = Posterior(data, model)
    results = [
        minimize(
            posterior,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=posterior.bounds,
            options={"maxiter": iterations, "gtol": tolerance, "ftol": 1e-4 * tolerance},
        )
        for start in starts
    ]
    best = min(results, key=lambda result: float(result.fun))
    return Fit(posterior.hyperparameters(best.x), best.x, -float(best.fun))
