"""How much of a metric two parameters explain only together."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.forest import Features, Forest
from sweeps_app.analysis.held_out import T_19, Evaluated, evaluated_runs, exchanged
from sweeps_app.analysis.permutation import Group
from sweeps_app.analysis.shares import Interval

_EVALUATED = 400
_SHUFFLED = 1_600
_MOST_SHUFFLES = 8
_MIN_COMMON = 5  # runs that have both parameters

Pair = tuple[int, int]


def pair_strengths(
    forests: Sequence[Forest],
    features: Features,
    target: NDArray[np.float64],
    groups: Sequence[Group],
    chosen: Sequence[int],
    *,
    seed: int,
) -> dict[Pair, Interval]:
    """Return for each pair of the `chosen` groups the share of the target's variance that is theirs together.

    A run's interaction is f(x) - f(x with another's a) - f(x with another's b) + f(x with another's a and b), the mean
    over several others: without interaction it is 0 (Liu and Owen, JASA 101, 2006, whose superset importance is its
    variance). Forests see interactions in noise, too, so what counts is how well it predicts runs that they have not
    seen. Pairs that fewer than 5 runs have both of are left out.
    """
    rng = np.random.default_rng(seed)
    runs = evaluated_runs(forests, _EVALUATED, rng)
    truth = target[runs.rows]
    shuffles = min(max(_SHUFFLED // len(runs.rows), 1), _MOST_SHUFFLES)
    plain = np.zeros((len(forests), len(truth)))
    for forest, asked, said in zip(forests, runs.asked, plain, strict=True):
        said[asked] = forest.predict(features[runs.rows[asked]])
    variance = float(np.var(truth)) or 1.0
    found: dict[Pair, Interval] = {}
    for pair in combinations(sorted(chosen), 2):
        both = np.intersect1d(groups[pair[0]].owners, groups[pair[1]].owners)
        if len(both) < _MIN_COMMON:
            continue
        donors = np.where(np.isin(runs.rows, both), rng.choice(both, (shuffles, len(runs.rows))), runs.rows)
        effects = _effects(forests, features, runs, plain, [groups[i].features for i in pair], donors)
        found[pair] = _strength(runs, plain, effects, truth, variance)
    return found


def _effects(
    forests: Sequence[Forest],
    features: Features,
    runs: Evaluated,
    plain: NDArray[np.float64],
    groups: Sequence[NDArray[np.int64]],
    donors: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return float64[forests, m]: the interaction of each run, 0 where the forest is not asked."""
    effects = np.zeros_like(plain)
    for forest, asked, said, effect in zip(forests, runs.asked, plain, effects, strict=True):
        parts = [
            exchanged(features, runs.rows[asked], donors[:, asked], group)
            for group in (groups[0], groups[1], np.concatenate(groups))
        ]
        first, second, both = forest.predict(np.concatenate(parts)).reshape(3, len(donors), -1).mean(axis=1)
        effect[asked] = said[asked] - first - second + both
    return effects


def _strength(
    runs: Evaluated,
    plain: NDArray[np.float64],
    effects: NDArray[np.float64],
    truth: NDArray[np.float64],
    variance: float,
) -> Interval:
    alone = _explained(plain, effects, truth) / variance
    together = _explained(runs.mean(plain), runs.mean(effects), truth) / variance
    value = float(together.mean())
    reach = T_19 * float(runs.replicates(together[None], alone[:, None, :]).std(ddof=1))
    return Interval(max(value, 0.0), max(value - reach, 0.0), max(value + reach, 0.0))


def _explained(
    plain: NDArray[np.float64], effects: NDArray[np.float64], truth: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what the interaction explains of each run that the rest of the prediction leaves."""
    found: NDArray[np.float64] = (truth - plain + effects) * effects
    return found
