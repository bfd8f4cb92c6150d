"""How the values of one column are spread over the runs; `static/js/distribution.js` counts and draws the bars."""

from collections.abc import Collection
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.charts.figure import Table
from sweeps_app.analysis.bins import Bins, bins_of, counted
from sweeps_app.selectors.chart_columns import ChartColumn
from sweeps_app.selectors.run_columns import RunColumns


class DistributionData(NamedTuple):
    """`bins` of a column of numbers, None for categories, which have a bar each, the commonest first."""

    runs: RunColumns
    column: ChartColumn
    by: ChartColumn | None
    bins: Bins | None


def distribution_data(runs: RunColumns, column: ChartColumn, by: ChartColumn | None, *, log: bool) -> DistributionData:
    """Return the bins of a column; a category `by` splits the bars, `log` spaces the bins by their logarithm."""
    is_category = column.kind == "category"
    is_log = log and bool((column.values > 0).any())
    return DistributionData(runs, column, by, None if is_category else bins_of(column.values, log=is_log))


def distribution_json(data: DistributionData, *, log: bool) -> dict[str, Any]:
    """Return where the bars are."""
    found: dict[str, Any] = {"name": data.column.key, "by": data.by.key if data.by else None, "log": log}
    if data.bins is None:
        return found | {"order": _commonest(data.column).tolist()}
    return found | {"edges": data.bins.edges.tolist(), "values": data.bins.values.tolist()}


def distribution_table(data: DistributionData, selected: Collection[str] | None) -> Table:
    """Return a row for each bar: what it stands for, its runs, those of each group, and the selected ones."""
    values, groups = data.column.values, data.by
    masks = [np.ones(len(values), dtype=np.bool_)]
    names = ["runs"]
    if groups is not None:
        masks += [groups.values == code for code in range(len(groups.labels))]
        names += [f"{groups.label} {label}" for label in groups.labels]
    if selected is not None:
        masks.append(np.array([run_id in selected for run_id in data.runs.ids], dtype=np.bool_))
        names.append("selected")
    if data.bins is None:
        order = _commonest(data.column)
        counts = [np.bincount(_codes(values[mask]), minlength=len(data.column.labels))[order] for mask in masks]
        heads = [[data.column.labels[code]] for code in order.tolist()]
        return Table([data.column.label, *names], _rows(heads, counts))
    counts = [counted(values[mask], data.bins) for mask in masks]
    if len(data.bins.values):
        return Table([data.column.label, *names], _rows([[value] for value in data.bins.values.tolist()], counts))
    edges = data.bins.edges.tolist()
    heads = [list(pair) for pair in pairwise(edges)]
    return Table(["from", "to", *names], _rows(heads, counts))


def _rows(heads: list[list[Any]], counts: list[NDArray[np.int64]]) -> list[list[Any]]:
    return [[*head, *row] for head, *row in zip(heads, *(count.tolist() for count in counts), strict=True)]


def _codes(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return values[np.isfinite(values)].astype(np.int64)


def _commonest(column: ChartColumn) -> NDArray[np.int64]:
    counts = np.bincount(_codes(column.values), minlength=len(column.labels))
    return np.argsort(-counts, kind="stable")
