"""Rows of a stream, thinned out to a number that can be shown."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.columns.rows import STEP, to_rows
from sweeps_app.columns.table import Columns
from sweeps_app.models import Run
from sweeps_app.selectors.history import WHOLE, Part, stored_columns
from sweeps_app.selectors.streams import Stream


def sampled_rows(
    run: Run, stream: Stream, keys: Sequence[str] | None, count: int, part: Part = WHOLE
) -> list[dict[str, Any]]:
    """Return at most `count` rows of the steps of `part`, at even distances; the first and the last are among them.

    With `keys` they are those that have all of them, without anything else. Numbers that are not finite are strings.
    """
    names = None if keys is None else [key for key in keys if key != STEP]
    steps = Part(metrics=names or None, min_step=part.min_step, max_step=part.max_step)
    total = sum(int(mask.sum()) for _, mask in _masked(run, stream, steps, names))
    wanted = (
        np.arange(total) if total <= count else np.unique(np.linspace(0, total - 1, count).round().astype(np.int64))
    )
    rows: list[dict[str, Any]] = []
    seen = 0
    for columns, mask in _masked(run, stream, steps, names):
        places = np.flatnonzero(mask)
        chosen = wanted[(wanted >= seen) & (wanted < seen + len(places))] - seen
        seen += len(places)
        if len(chosen):
            keep = np.zeros(len(columns), dtype=np.bool_)
            keep[places[chosen]] = True
            rows += to_rows(columns.select(keep), text_non_finite=True)
    return rows if keys is None else [{key: row[key] for key in keys} for row in rows]


def _masked(
    run: Run, stream: Stream, part: Part, names: Sequence[str] | None
) -> Iterator[tuple[Columns, NDArray[np.bool_]]]:
    """Yield chunks, each with which of its rows are wanted."""
    for columns in stored_columns(run, stream, part):
        mask = Part(min_step=part.min_step, max_step=part.max_step).mask(columns)
        for name in names or ():
            column = columns.metrics.get(name)
            mask &= np.zeros(len(columns), dtype=np.bool_) if column is None else column.present(len(columns))
        yield columns, mask
