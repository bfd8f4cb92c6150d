"""The values of a parameter at which a model is asked, with the runs that stand behind each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import AxisColumn, scaled

# Fewer runs than this around a value say nothing of it.
MIN_NEAR = 3
_NEAR = 0.1  # of the range, to either side


@dataclass(frozen=True, slots=True, eq=False)
class Ticks:
    """`names` are the values, numbers or labels; `blocks` (float32[ticks, features]) what a model gets for each.

    `members` (bool[ticks, n]) tells which runs lie near, within a tenth of the range or with that label.
    """

    names: tuple[float | str, ...]
    blocks: NDArray[np.float32]
    members: NDArray[np.bool_]


def ticks_of(column: AxisColumn, block: NDArray[np.float32], rows: NDArray[np.int64], *, most: int) -> Ticks:
    """Return at most `most` values of a parameter among the runs `rows`, whose features are `block`.

    They are all values of a number that has few, else evenly spaced ones on its scale; of a category the commonest
    labels.
    """
    if column.axis.kind == "category":
        return _labels(column, column.values[rows], block, most)
    return _numbers(column, rows, block, most)


def _labels(column: AxisColumn, codes: NDArray[np.float64], block: NDArray[np.float32], most: int) -> Ticks:
    present, counts = np.unique(codes[~np.isnan(codes)], return_counts=True)
    common = np.sort(present[np.argsort(-counts, kind="stable")[:most]])
    members = codes[None] == common[:, None]
    return Ticks(tuple(column.labels[int(code)] for code in common), block[members.argmax(axis=1)], members)


def _numbers(column: AxisColumn, rows: NDArray[np.int64], block: NDArray[np.float32], most: int) -> Ticks:
    units = scaled(column)
    order = np.argsort(units, kind="stable")
    order = order[: int((~np.isnan(units)).sum())]
    ranked = units[order]
    asked = ranked[np.flatnonzero(np.diff(ranked, prepend=-1.0))]
    width = 0.0
    if len(asked) > most:
        asked, width = np.linspace(ranked[0], ranked[-1], most), _NEAR
    distances = np.abs(units[rows][None] - asked[:, None])
    distances[np.isnan(distances)] = np.inf
    blocks = block[distances.argmin(axis=1)]
    if _has_value(block, units[rows]):
        blocks[:, 0] = asked
    return Ticks(_unscaled(column, ranked, column.values[order], asked), blocks, distances <= width)


def _has_value(block: NDArray[np.float32], units: NDArray[np.float64]) -> bool:
    """Tell whether the first feature is the value itself, rather than whether it is missing."""
    known = ~np.isnan(units)
    return bool(np.allclose(block[known, 0], units[known], atol=1e-6))


def _unscaled(
    column: AxisColumn, ranked: NDArray[np.float64], values: NDArray[np.float64], asked: NDArray[np.float64]
) -> tuple[float, ...]:
    """Return the values that stand at `asked` on the parameter's scale: those of runs, else what lies between."""
    places = np.minimum(np.searchsorted(ranked, asked), len(ranked) - 1)
    between = np.interp(asked, ranked, np.log(values) if column.axis.log else values)
    if column.axis.log:
        between = np.exp(between)
    return tuple(np.where(ranked[places] == asked, values[places], between).tolist())
