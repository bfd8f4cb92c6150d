"""How much worse held-out runs are predicted when a parameter's values are exchanged for those of other runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.forest import Features, Forest
from sweeps_app.analysis.held_out import evaluated_runs, exchanged

_EVALUATED = 1_200
# Of few runs each has to be tried with more values to tell an effect from chance.
_SHUFFLED = 2_400
_MOST_SHUFFLES = 20
# A bootstrap sample of few runs may hold hardly any difference: its variance is taken for this share of that of all.
_LEAST_SPREAD = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The features of one parameter, exchanged together among the runs that have it (int64 positions, ascending)."""

    features: NDArray[np.int64]
    owners: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """`means` (float64[groups]) is the rise of the mean squared error when a group is exchanged, `error` that error.

    All are shares of the target's variance. `mean_replicates` (float64[forests, groups]) and `error_replicates`
    (float64[forests]) are the same as each bootstrap sample would give them.
    """

    error: float
    means: NDArray[np.float64]
    error_replicates: NDArray[np.float64]
    mean_replicates: NDArray[np.float64]


def held_out_losses(
    forests: Sequence[Forest], features: Features, target: NDArray[np.float64], groups: Sequence[Group], *, seed: int
) -> Losses:
    """Ask each forest about runs that are new to it, as they are and with each group from runs drawn at random.

    Permutation importance: Breiman, "Random Forests", Machine Learning 45 (2001), section 10. The prediction of a run
    is the mean of all forests to which it is new (the leave-one-out bootstrap of Efron and Tibshirani, JASA 92, 1997).
    """
    rng = np.random.default_rng(seed)
    runs = evaluated_runs(forests, _EVALUATED, rng)
    shuffles = min(max(_SHUFFLED // len(runs.rows), 1), _MOST_SHUFFLES)
    donors = [_donors(group, runs.rows, shuffles, rng) for group in groups]
    truth = target[runs.rows]
    plain = np.zeros((len(forests), len(truth)))
    moved = np.zeros((len(forests), len(groups), shuffles, len(truth)), dtype=np.float32)
    for forest, asked, said, said_moved in zip(forests, runs.asked, plain, moved, strict=True):
        mine = runs.rows[asked]
        said[asked] = forest.predict(features[mine])
        for group, donor, predicted in zip(groups, donors, said_moved, strict=True):
            copies = exchanged(features, mine, donor[:, asked], group.features)
            predicted[:, asked] = forest.predict(copies).reshape(shuffles, -1)
    alone = _figures(plain, moved, truth) * runs.asked[:, None, :]
    together = _figures(runs.mean(plain)[None], runs.mean(moved)[None], truth)[0]
    variance = float(np.var(truth)) or 1.0
    means = together.mean(axis=1) / variance
    # That another sample gives another forest hardly shows in the error, and much less than that one forest is alone.
    errors = runs.weights @ together[0] / np.maximum(runs.variances(truth), _LEAST_SPREAD * variance)
    return Losses(float(means[0]), means[1:], errors, runs.replicates(together[1:], alone[:, 1:]) / variance)


def _figures(
    plain: NDArray[np.float64], moved: NDArray[np.floating[Any]], truth: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return [forests, 1 + groups, m]: the squared error of each run, then how much each group's exchange adds."""
    errors = (plain - truth) ** 2
    losses = ((moved - truth) ** 2).mean(axis=2) - errors[:, None]
    return np.concatenate([errors[:, None], losses], axis=1)


def _donors(group: Group, rows: NDArray[np.int64], shuffles: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return int64[shuffles, rows]: the run from which each takes its value, itself where it has none to exchange."""
    drawn = rng.choice(group.owners, (shuffles, len(rows)))
    return np.where(np.isin(rows, group.owners), drawn, rows)
