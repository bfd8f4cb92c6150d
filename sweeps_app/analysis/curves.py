"""Mean predictions of forests at given values of some features, and how sure they are."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.forest import Features, Forest
from sweeps_app.analysis.permutation import Group


class Grid(NamedTuple):
    """What forests are asked: `copies` (float32[ticks + 1, background, k]) are runs with the features of each tick.

    The last copy are these runs as they are. They stand for the runs `owners`.
    """

    copies: NDArray[np.float32]
    owners: NDArray[np.int64]


class Curve(NamedTuple):
    """The mean prediction at each tick, and its standard error."""

    means: NDArray[np.float64]
    errors: NDArray[np.float64]


def grid_of(
    features: Features,
    owners: NDArray[np.int64],
    blocks: Sequence[tuple[Group, NDArray[np.float32]]],
    *,
    most: int,
    rng: np.random.Generator,
) -> Grid:
    """Return the grid of at most `most` of the owners, drawn at random; `blocks` are the features at each tick."""
    background = owners if len(owners) <= most else np.sort(rng.choice(owners, most, replace=False))
    ticks = len(blocks[0][1])
    copies = np.repeat(features[background][None], ticks + 1, axis=0)
    for group, block in blocks:
        copies[:ticks, :, group.features] = block[:, None, :]
    return Grid(copies, owners)


def curves_of(forests: Sequence[Forest], grids: Sequence[Grid], target: NDArray[np.float64]) -> list[Curve]:
    """Return a curve for each grid; all are predicted in one call a tree."""
    if not grids:
        return []
    stacked = np.concatenate([grid.copies.reshape(-1, grid.copies.shape[2]) for grid in grids])
    by_forest = [_rises(forest.by_tree(stacked), grids) for forest in forests]
    return [
        _curve(rises, [_level(forest, grid.owners, target) for forest in forests])
        for grid, rises in zip(grids, zip(*by_forest, strict=True), strict=True)
    ]


def _rises(predicted: NDArray[np.float64], grids: Sequence[Grid]) -> list[NDArray[np.float64]]:
    """Return float64[trees, ticks] for each grid: by how much the prediction rises on average at each tick.

    Which few runs are asked then decides nothing where parameters do not interact.
    """
    sizes = [grid.copies.shape[0] * grid.copies.shape[1] for grid in grids]
    parts = np.split(predicted, np.cumsum(sizes)[:-1], axis=1)
    means = [
        part.reshape(len(part), *grid.copies.shape[:2]).mean(axis=2) for part, grid in zip(parts, grids, strict=True)
    ]
    return [mean[:, :-1] - mean[:, -1:] for mean in means]


def _level(forest: Forest, owners: NDArray[np.int64], target: NDArray[np.float64]) -> float:
    """Return what a forest predicts on average of the runs: the mean of those that it was grown on."""
    weights = forest.drawn[owners]
    return float(np.average(target[owners], weights=weights if weights.any() else None))


def _curve(rises: Sequence[NDArray[np.float64]], levels: Sequence[float]) -> Curve:
    """Return the mean over forests; its error is how forests of bootstrap samples differ.

    What they differ by because they have few trees is taken off, as a share that holds for all ticks: it averages out
    over all forests. This is the bootstrap of little bags: Sexton and Laake, Computational Statistics & Data Analysis
    53 (2009).
    """
    means = np.array([trees.mean(axis=0) + level for trees, level in zip(rises, levels, strict=True)])
    between = means.var(axis=0, ddof=1)
    chance = np.mean([trees.var(axis=0, ddof=1).mean() / len(trees) for trees in rises])
    lasting = 1.0 - min(float(chance) / max(float(between.mean()), np.finfo(np.float64).tiny), 1.0)
    return Curve(means.mean(axis=0), np.sqrt(between * (lasting + 1.0 / len(means))))
