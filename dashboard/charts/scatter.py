"""Any two columns of the runs against each other: the numbers of what `static/js/scatter.js` draws."""

from collections.abc import Collection, Sequence

from dashboard.charts.figure import Table
from dashboard.charts.parallel import readable
from sweeps_app.selectors.chart_columns import ChartColumn
from sweeps_app.selectors.run_columns import RunColumns


def scatter_table(runs: RunColumns, columns: Sequence[ChartColumn], selected: Collection[str] | None) -> Table:
    """Return a row for each run with a place by the first two columns; `selected` are ids, None for no selection."""
    header = ["run", "name", "state", *(column.label for column in columns)]
    rows = [list(row) for row in zip(runs.ids, runs.names, runs.states, *map(readable, columns), strict=True)]
    placed = [row for row in rows if row[3] is not None and row[4] is not None]
    if selected is None:
        return Table(header, placed)
    return Table([*header, "selected"], [[*row, row[0] in selected] for row in placed])
