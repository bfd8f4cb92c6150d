"""Count, mean, deviation, least and greatest of groups, gathered from blocks of rows one after the other."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """Figures of the numbers of a group; `deviation` is that of a sample, NaN for a single number."""

    count: int
    mean: float
    deviation: float
    minimum: float
    maximum: float


class GroupFigures:
    """Gathers the figures of `columns` columns by group, where groups are numbered from 0.

    Blocks are joined by the formulas of Chan, Golub and LeVeque (1983), which lose no digits as sums of squares do.
    """

    def __init__(self, columns: int) -> None:
        self._rows = np.zeros(0, dtype=np.int64)
        self._counts, self._means, self._squares = (np.zeros((0, columns)) for _ in range(3))
        self._least, self._greatest = (np.zeros((0, columns)) for _ in range(2))

    def add(self, groups: NDArray[np.int64], values: Numbers) -> None:
        """Take in a block: the group of each row, and its values, NaN where it has none."""
        self._grow(int(groups.max()) + 1)
        size = len(self._rows)
        self._rows += np.bincount(groups, minlength=size)
        for column in range(values.shape[1]):
            present = ~np.isnan(values[:, column])
            self._add_column(column, groups[present], values[present, column])

    def counts(self) -> list[int]:
        """Return how many rows each group has."""
        return [int(count) for count in self._rows]

    def figures(self) -> list[list[Figures | None]]:
        """Return the figures of each group by column."""
        return [
            [self._figures(group, column) for column in range(self._counts.shape[1])]
            for group in range(len(self._rows))
        ]

    def _figures(self, group: int, column: int) -> Figures | None:
        count = int(self._counts[group, column])
        if not count:
            return None
        square = float(self._squares[group, column])
        deviation = math.sqrt(square / (count - 1)) if count > 1 and square >= 0 else math.nan
        least, greatest = float(self._least[group, column]), float(self._greatest[group, column])
        return Figures(count, float(self._means[group, column]), deviation, least, greatest)

    def _grow(self, size: int) -> None:
        more = size - len(self._rows)
        if more <= 0:
            return
        self._rows = np.concatenate([self._rows, np.zeros(more, dtype=np.int64)])
        empty = np.zeros((more, self._counts.shape[1]))
        self._counts, self._means, self._squares = (
            np.concatenate([found, empty]) for found in (self._counts, self._means, self._squares)
        )
        self._least = np.concatenate([self._least, np.full_like(empty, np.inf)])
        self._greatest = np.concatenate([self._greatest, np.full_like(empty, -np.inf)])

    def _add_column(self, column: int, groups: NDArray[np.int64], values: Numbers) -> None:
        size = len(self._rows)
        count = np.bincount(groups, minlength=size).astype(np.float64)
        known = np.maximum(count, 1)
        with np.errstate(invalid="ignore", over="ignore"):
            mean = np.bincount(groups, weights=values, minlength=size) / known
            square = np.bincount(groups, weights=(values - mean[groups]) ** 2, minlength=size)
            before, total = self._counts[:, column], self._counts[:, column] + count
            apart = np.where(before > 0, mean - self._means[:, column], 0.0)
            whole = np.maximum(total, 1)
            self._squares[:, column] += square + apart**2 * before * count / whole
            joined = self._means[:, column] + apart * count / whole
        self._means[:, column] = np.where(count == 0, self._means[:, column], np.where(before > 0, joined, mean))
        self._counts[:, column] = total
        np.minimum.at(self._least[:, column], groups, values)
        np.maximum.at(self._greatest[:, column], groups, values)
