"""Histograms and tables."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from sweepdeck._errors import UsageError
from sweepdeck._media.media import Media, Place
from sweepdeck._values import Unstorable, encode, plain, plain_or_text
from sweepdeck._wandb_only import check_wandb_only

MAX_BINS = 512


class Histogram(Media):
    """How numbers are distributed: `log({"gradients": Histogram(values)})`.

    `sequence` holds numbers, nested as they may be; those that are not finite are left out. `np_histogram` is what
    `numpy.histogram` has returned, instead of it. Raises `UsageError` for more than 512 bins, or anything else.
    """

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: int = 64) -> None:
        if (sequence is None) == (np_histogram is None):
            raise UsageError("Histogram() takes numbers, or np_histogram: what numpy.histogram has returned")
        if np_histogram is not None:
            self.histogram, self.bins = _numbers(np_histogram[0]), _numbers(np_histogram[1])
            if len(self.bins) != len(self.histogram) + 1:
                raise UsageError("np_histogram has a number for each bin, and one edge more than that")
        else:
            if not 0 < num_bins <= MAX_BINS:
                raise UsageError(f"num_bins is 1 to {MAX_BINS}, not {num_bins!r}")
            self.histogram, self.bins = _histogram(sequence, num_bins)
        if len(self.histogram) > MAX_BINS:
            raise UsageError(f"a histogram has at most {MAX_BINS} bins, not {len(self.histogram)}")

    def logged(self, place: Place) -> dict[str, Any]:
        """Return what the history holds: counts and edges."""
        del place
        return {"_type": "histogram", "values": self.histogram, "bins": self.bins}


class Table(Media):
    """Rows under named columns: `log({"predictions": Table(columns=["image", "label"], data=rows)})`.

    `dataframe` is one of pandas, instead of both. Cells hold what `log()` takes, images too; anything else is kept as
    text. Raises `UsageError` for rows that do not fit the columns.
    """

    def __init__(
        self,
        columns: Iterable[Any] | None = None,
        data: Iterable[Sequence[Any]] | None = None,
        rows: Iterable[Sequence[Any]] | None = None,
        dataframe: Any = None,
        **wandb_only: Any,
    ) -> None:
        check_wandb_only("Table", wandb_only, {"dtype": None, "optional": True, "allow_mixed_types": ...})
        if dataframe is not None:
            columns, data = list(dataframe.columns), dataframe.values.tolist()
        self.columns = [str(name) for name in (("Input", "Output", "Expected") if columns is None else columns)]
        self.data: list[list[Any]] = []
        for row in data if data is not None else rows or ():
            self.add_data(*row)

    def add_data(self, *cells: Any) -> None:
        """Add a row."""
        if len(cells) != len(self.columns):
            raise UsageError(f"a row has {len(self.columns)} cells ({', '.join(self.columns)}), not {len(cells)}")
        self.data.append(list(cells))

    def logged(self, place: Place) -> dict[str, Any]:
        """Return what the history holds: the file of the table, and its size."""
        cells = [
            [_cell(cell, place.below(name)) for name, cell in zip(self.columns, row, strict=True)] for row in self.data
        ]
        content = encode({"columns": self.columns, "data": cells}).encode()
        facts = {"ncols": len(self.columns), "nrows": len(self.data)}
        return {"_type": "table-file", **place.file("table", "table.json", content), **facts}


def _cell(cell: Any, place: Place) -> Any:
    return cell.logged(place) if isinstance(cell, Media) else plain_or_text(cell)


def _numbers(values: Any) -> list[Any]:
    try:
        flat = list(_flat(plain(values)))
    except Unstorable as error:
        raise UsageError(f"a histogram is made of numbers; this {error.reason}") from None
    if not all(isinstance(number, int | float) for number in flat):
        raise UsageError("a histogram is made of numbers")
    return flat


def _flat(values: Any) -> Iterator[Any]:
    if isinstance(values, list):
        for value in values:
            yield from _flat(value)
    else:
        yield values


def _histogram(values: Any, count: int) -> tuple[list[int], list[float]]:
    """Return how many numbers lie in each of `count` bins of the same width, and the edges."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(values, numpy.ndarray):
        finite = values[numpy.isfinite(values)]
        counts, edges = numpy.histogram(finite, count)
        return counts.tolist(), edges.tolist()
    numbers = [number for number in _numbers(values) if isfinite(number)]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    width = (high - low) / count
    found = [0] * count
    for number in numbers:
        found[min(count - 1, int((number - low) / width))] += 1
    return found, [low + width * i for i in range(count)] + [high]
