"""A batch of history rows held as columns.

Exactness is the point: what a client logged comes back with its type and every bit of its value, and a row
that never had a metric stays without it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXACT_INTEGER = 2**53  # every integer up to here is a double


class Kind(StrEnum):
    """How the values of a column are held; the letter is what the stored format carries."""

    FLOAT = "f"  # float64
    INTEGER = "i"  # int64
    NUMBER = "n"  # float64, with a mask of those that were logged as integers
    JSON = "j"  # Python objects: text, booleans, null, lists, integers beyond int64, or a mixture


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values of one metric.

    `rows` are the positions in the batch that have the metric, ascending, counted from 0; `values` has one
    entry for each of them. `integers` is only there for `Kind.NUMBER`.
    """

    kind: Kind
    rows: NDArray[np.int64]
    values: NDArray[Any]
    integers: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def present(self, total: int) -> NDArray[np.bool_]:
        """Return which of the `total` rows of the batch have the metric."""
        mask = np.zeros(total, dtype=np.bool_)
        mask[self.rows] = True
        return mask

    def tolist(self) -> list[Any]:
        """Return the values as plain Python objects, as they were logged."""
        values: list[Any] = self.values.tolist()
        if self.integers is not None:
            for i in np.flatnonzero(self.integers).tolist():
                values[i] = int(values[i])
        return values

    def numbers(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return positions and values of what is a number; text, booleans, null and lists are left out."""
        if self.kind is not Kind.JSON:
            return self.rows, self.values.astype(np.float64, copy=False)
        found = [i for i, value in enumerate(self.values) if type(value) in (int, float)]
        return self.rows[found], np.array([float(self.values[i]) for i in found], dtype=np.float64)

    def take(self, keep: NDArray[np.bool_], rows: NDArray[np.int64]) -> "Column":
        """Return the entries where `keep` (one flag an entry) is true, at the new positions `rows`."""
        integers = None if self.integers is None else self.integers[keep]
        return Column(self.kind, rows, self.values[keep], integers)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Consecutive rows of one run: row `first_row + i` of the run has step `steps[i]`."""

    first_row: int
    steps: NDArray[np.int64]
    metrics: dict[str, Column]

    def __len__(self) -> int:
        return len(self.steps)

    def slice(self, start: int, stop: int) -> "Columns":
        """Return the rows `start` to `stop - 1`, numbered as in the run; what is outside is left out.

        A metric without a value there is left out too.
        """
        low = min(max(start - self.first_row, 0), len(self))
        high = min(max(stop - self.first_row, low), len(self))
        metrics: dict[str, Column] = {}
        for name, column in self.metrics.items():
            keep = (column.rows >= low) & (column.rows < high)
            if keep.any():
                metrics[name] = column.take(keep, column.rows[keep] - low)
        return Columns(self.first_row + low, self.steps[low:high], metrics)

    def select(self, keep: NDArray[np.bool_]) -> "Columns":
        """Return the rows where `keep` is true; they need not follow each other, and `first_row` counts no more."""
        if keep.all():
            return self
        places = np.cumsum(keep) - 1
        metrics: dict[str, Column] = {}
        for name, column in self.metrics.items():
            kept = keep[column.rows]
            if kept.any():
                metrics[name] = column.take(kept, places[column.rows[kept]])
        return Columns(self.first_row, self.steps[keep], metrics)

    def logged(self) -> NDArray[np.bool_]:
        """Return which rows have any of the metrics."""
        found = np.zeros(len(self), dtype=np.bool_)
        for column in self.metrics.values():
            found[column.rows] = True
        return found


def object_array(values: Sequence[Any]) -> NDArray[Any]:
    """Return a one-dimensional object array; NumPy alone would make lists of equal length a matrix."""
    return np.fromiter(values, dtype=object, count=len(values))


def number_column(rows: NDArray[np.int64], values: Sequence[int | float]) -> Column:
    """Return integers and floats as one column, exact; integers beyond 2**53 make it a JSON column."""
    integers = np.fromiter((type(value) is int for value in values), dtype=np.bool_, count=len(values))
    if any(type(value) is int and abs(value) > EXACT_INTEGER for value in values):
        return Column(Kind.JSON, rows, object_array(values))
    return Column(Kind.NUMBER, rows, np.array(values, dtype=np.float64), integers)


def merge(parts: Iterable[Columns]) -> Columns:
    """Join batches that follow each other into one; they come in the order of their rows.

    Raises `ValueError` for no batch at all, and for a gap or an overlap between two batches.
    """
    batches = list(parts)
    if not batches:
        raise ValueError("nothing to merge")
    pieces: dict[str, list[Column]] = {}
    offset = 0
    for batch in batches:
        if batch.first_row != batches[0].first_row + offset:
            raise ValueError(f"row {batches[0].first_row + offset} expected, found {batch.first_row}")
        for name, column in batch.metrics.items():
            pieces.setdefault(name, []).append(_moved(column, offset))
        offset += len(batch)
    steps = np.concatenate([batch.steps for batch in batches])
    return Columns(batches[0].first_row, steps, {name: _joined(found) for name, found in pieces.items()})


def _moved(column: Column, offset: int) -> Column:
    return Column(column.kind, column.rows + offset, column.values, column.integers)


def _joined(pieces: list[Column]) -> Column:
    if len(pieces) == 1:
        return pieces[0]
    rows = np.concatenate([piece.rows for piece in pieces])
    kinds = {piece.kind for piece in pieces}
    if len(kinds) == 1 and Kind.NUMBER not in kinds:
        return Column(kinds.pop(), rows, np.concatenate([piece.values for piece in pieces]))
    values = [value for piece in pieces for value in piece.tolist()]
    if Kind.JSON in kinds:
        return Column(Kind.JSON, rows, object_array(values))
    return number_column(rows, values)
