"""What forests predict on average when all runs get the same value of a parameter, or of two.

Friedman, "Greedy function approximation", Annals of Statistics 29 (2001), section 8.2.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.curves import Curve, curves_of, grid_of
from sweeps_app.analysis.encoding import AxisColumn
from sweeps_app.analysis.features import Encoded
from sweeps_app.analysis.forest import Features, Forest
from sweeps_app.analysis.held_out import T_19
from sweeps_app.analysis.permutation import Group
from sweeps_app.analysis.results import Dependence
from sweeps_app.analysis.target import Target
from sweeps_app.analysis.ticks import MIN_NEAR, Ticks, ticks_of

_TICKS = 16
_PAIR_TICKS = 7
_ASKED = 24_000  # predictions of one tree for all parameters, and for all pairs
_BACKGROUND = (8, 100)


def dependences(
    forests: Sequence[Forest],
    encoded: Encoded,
    features: Features,
    groups: Sequence[Group],
    target: Target,
    *,
    seed: int,
) -> tuple[Dependence, ...]:
    """Return the partial dependence on each parameter, over a sample of the runs that have it."""
    rng = np.random.default_rng(seed)
    ticks = [
        _ticks(column, features, group, group.owners, _TICKS)
        for column, group in zip(encoded.columns, groups, strict=True)
    ]
    size = _background_size(sum(len(tick.names) for tick in ticks))
    grids = [
        grid_of(features, group.owners, [(group, tick.blocks)], most=size, rng=rng)
        for group, tick in zip(groups, ticks, strict=True)
    ]
    curves = curves_of(forests, grids, target.values)
    return tuple(
        _dependence(encoded, index, tick, curve, target)
        for index, (tick, curve) in enumerate(zip(ticks, curves, strict=True))
    )


class PairGrid(NamedTuple):
    """Partial dependence on two parameters, None where no run is near, with the number of runs that are."""

    first_ticks: tuple[float | str, ...]
    second_ticks: tuple[float | str, ...]
    means: tuple[tuple[float | None, ...], ...]
    near: tuple[tuple[int, ...], ...]


def pair_grids(
    forests: Sequence[Forest],
    encoded: Encoded,
    features: Features,
    groups: Sequence[Group],
    pairs: Sequence[tuple[int, int]],
    target: Target,
    *,
    seed: int,
) -> tuple[PairGrid, ...]:
    """Return the partial dependence on each pair of parameters, over a sample of the runs that have both."""
    rng = np.random.default_rng(seed)
    size = _background_size(len(pairs) * _PAIR_TICKS**2)
    ticks, grids = [], []
    for first, second in pairs:
        both = np.intersect1d(groups[first].owners, groups[second].owners)
        one, other = (_ticks(encoded.columns[i], features, groups[i], both, _PAIR_TICKS) for i in (first, second))
        blocks = [
            (groups[first], np.repeat(one.blocks, len(other.names), axis=0)),
            (groups[second], np.tile(other.blocks, (len(one.names), 1))),
        ]
        ticks.append((one, other))
        grids.append(grid_of(features, both, blocks, most=size, rng=rng))
    curves = curves_of(forests, grids, target.values)
    return tuple(_pair_grid(one, other, curve, target) for (one, other), curve in zip(ticks, curves, strict=True))


def _ticks(column: AxisColumn, features: Features, group: Group, rows: NDArray[np.int64], most: int) -> Ticks:
    return ticks_of(column, features[rows[:, None], group.features], rows, most=most)


def _background_size(ticks: int) -> int:
    return min(max(_ASKED // max(ticks, 1), _BACKGROUND[0]), _BACKGROUND[1])


def _dependence(encoded: Encoded, index: int, ticks: Ticks, curve: Curve, target: Target) -> Dependence:
    axis = encoded.columns[index].axis
    near = ticks.members.sum(axis=1).tolist()
    low, means, high = (target.in_units(curve.means + sign * T_19 * curve.errors).tolist() for sign in (-1, 0, 1))
    return Dependence(
        parameter=axis.name,
        kind=axis.kind,
        log=axis.log,
        ticks=ticks.names,
        means=tuple(means),
        low=tuple(low),
        high=tuple(high),
        near=tuple(near),
        supported=tuple(count >= MIN_NEAR for count in near),
    )


def _pair_grid(one: Ticks, other: Ticks, curve: Curve, target: Target) -> PairGrid:
    shape = (len(one.names), len(other.names))
    near = one.members.astype(np.int64) @ other.members.T.astype(np.int64)
    means = target.in_units(curve.means).reshape(shape)
    return PairGrid(
        one.names,
        other.names,
        tuple(
            tuple(value if count else None for value, count in zip(row, counts, strict=True))
            for row, counts in zip(means.tolist(), near.tolist(), strict=True)
        ),
        tuple(tuple(row) for row in near.tolist()),
    )
