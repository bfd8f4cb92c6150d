"""What forests say of runs that they have not seen, and how that scatters over bootstrap samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.forest import Features, Forest

# The quantile of Student's t with 19 degrees of freedom that leaves 2.5 % above: an interval from 20 bootstrap samples.
T_19 = 2.093


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """Runs that are predicted by the forests to which they are new.

    `rows` (int64[m]) are their positions, `asked` (bool[forests, m]) tells which forest is asked about which, and
    `weights` (float64[forests, m]) is the share of each run in the sample that a forest was grown on.
    """

    rows: NDArray[np.int64]
    asked: NDArray[np.bool_]
    weights: NDArray[np.float64]

    def mean(self, said: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the mean over the forests that were asked, of [forests, ..., m] with 0 for those that were not."""
        total: NDArray[np.float64] = said.sum(axis=0) / self.asked.sum(axis=0)
        return total

    def variances(self, truth: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64[forests]: the variance of float64[m] over the runs of each bootstrap sample."""
        spread: NDArray[np.float64] = self.weights @ truth**2 - (self.weights @ truth) ** 2
        return spread

    def replicates(self, together: NDArray[np.float64], alone: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64[forests, figures]: the mean of each figure as each bootstrap sample of the runs would have it.

        `together` (float64[figures, m]) are the figures of each run by all forests that were asked, `alone`
        (float64[forests, figures, m]) by each of them. A sample changes both the runs that are counted and the forest;
        the latter shows in how its figures differ from what the others say of the same runs.
        """
        usual = self.mean(alone)
        counts = np.maximum(self.asked.sum(axis=1), 1)
        differs = np.where(self.asked[:, None, :], alone - usual, 0.0).sum(axis=2) / counts[:, None]
        found: NDArray[np.float64] = self.weights @ together.T + differs
        return found


def evaluated_runs(forests: Sequence[Forest], most: int, rng: np.random.Generator) -> Evaluated:
    """Return at most `most` runs that are new to some forest, drawn at random."""
    drawn = np.array([forest.drawn for forest in forests])
    rows = np.flatnonzero((drawn == 0).any(axis=0))
    if len(rows) > most:
        rows = np.sort(rng.choice(rows, most, replace=False))
    weights = drawn[:, rows].astype(np.float64)
    return Evaluated(rows, weights == 0, weights / np.maximum(weights.sum(axis=1, keepdims=True), 1.0))


def exchanged(
    features: Features, rows: NDArray[np.int64], donors: NDArray[np.int64], group: NDArray[np.int64]
) -> Features:
    """Return float32[shuffles * rows, k]: the rows with a group of features from their donors, [shuffles, rows]."""
    copies = np.repeat(features[rows][None], len(donors), axis=0)
    copies[:, :, group] = features[donors[:, :, None], group]
    return copies.reshape(-1, features.shape[1])
