"""What forests make of the runs: shares of the parameters, interactions, partial dependence."""

from dataclasses import dataclass

import numpy as np

from sweeps_app.analysis.features import Encoded
from sweeps_app.analysis.forest import Features, Forest, grow_forests
from sweeps_app.analysis.interactions import pair_strengths
from sweeps_app.analysis.partial_dependence import dependences, pair_grids
from sweeps_app.analysis.permutation import Group, held_out_losses
from sweeps_app.analysis.results import Dependence, Interaction
from sweeps_app.analysis.shares import Interval, Shares, r2_of, shares_of
from sweeps_app.analysis.target import Target

PAIRED = 8  # so many of the most important parameters are looked at in pairs


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Shares and dependence stand in the order of the columns; interactions, the strongest first.

    Without an `r2` above 0 the forests have learned nothing: all shares are 0, and there is neither of the others.
    """

    r2: Interval
    shares: Shares
    dependence: tuple[Dependence, ...] = ()
    interactions: tuple[Interaction, ...] = ()


def explain(encoded: Encoded, target: Target, *, seed: int) -> Explained:
    """Grow forests that predict the target (5 or more values that differ) from the columns, and ask them."""
    features = np.ascontiguousarray(encoded.matrix, dtype=np.float32)
    groups = [_group(encoded, index) for index in range(len(encoded.columns))]
    forests = grow_forests(features, target.values, seed=seed)
    losses = held_out_losses(forests, features, target.values, groups, seed=seed)
    r2 = r2_of(losses)
    shares = shares_of(losses)
    if r2.value <= 0 or not losses.means.clip(min=0).any():
        return Explained(r2, shares.nothing())
    return Explained(
        r2,
        shares,
        dependences(forests, encoded, features, groups, target, seed=seed),
        _interactions(forests, encoded, features, groups, shares, target, seed),
    )


def _group(encoded: Encoded, index: int) -> Group:
    """Return the features of a column; only the runs that have a conditional parameter can exchange it."""
    column = encoded.columns[index]
    features = np.flatnonzero(np.array(encoded.owners) == index)
    known = ~np.isnan(column.values)
    return Group(features, np.flatnonzero(known if column.axis.conditional else np.ones_like(known)))


def _interactions(
    forests: tuple[Forest, ...],
    encoded: Encoded,
    features: Features,
    groups: list[Group],
    shares: Shares,
    target: Target,
    seed: int,
) -> tuple[Interaction, ...]:
    order = sorted(range(len(groups)), key=lambda i: -shares.intervals[i].value)
    chosen = [i for i in order[:PAIRED] if shares.intervals[i].value > 0]
    found = pair_strengths(forests, features, target.values, groups, chosen, seed=seed)
    pairs = sorted(found, key=lambda pair: -found[pair].value)
    grids = pair_grids(forests, encoded, features, groups, pairs, target, seed=seed)
    names = [column.axis.name for column in encoded.columns]
    return tuple(
        Interaction(names[i], names[j], *found[i, j], **grid._asdict())
        for (i, j), grid in zip(pairs, grids, strict=True)
    )
