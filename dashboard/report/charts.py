"""The charts of a report, beside the parallel coordinates that each has: a line here adds one of the sweep's page."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.http import QueryDict

from dashboard.charts.figure import Chart
from dashboard.views.sweep_data import sweep_chart, sweep_chart_table
from sweeps_app.models import Sweep

MAX_TABLE_ROWS = 100
RUN_PREFIX = "#run-"  # a click on a run leads to its row in the report's own table
_NOT_COMPUTED = "This was not computed yet when the report was made: make it again in a minute."
_NOT_NEWEST = "Computed before the newest runs had ended."


class ReportChart(NamedTuple):
    """A chart by its name in addresses, its heading, and the options that an address would carry.

    `{metric}` in the heading stands for the sweep's metric. `is_wide` charts take the whole width.
    """

    name: str
    heading: str
    options: str = ""
    is_wide: bool = False


CHARTS = (
    ReportChart("objective", "{metric} over time"),
    ReportChart("importance", "Parameter importance"),
    ReportChart("dependence", "Partial dependence"),
    ReportChart("interactions", "Interactions"),
    ReportChart("contour", "Contour"),
    ReportChart("slice", "Slices", is_wide=True),
    ReportChart("curves", "History of all runs", is_wide=True),
    ReportChart("timeline", "Runs by agent", is_wide=True),
)


class MadeChart(NamedTuple):
    """A chart as the report shows it: what is drawn as JSON, and its first rows as a table."""

    id: str
    heading: str
    is_wide: bool
    content: dict[str, Any]
    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool


def report_charts(sweep: Sweep) -> Iterator[MadeChart]:
    """Make the charts one after the other, so that one at a time is in memory."""
    for place, chart in enumerate(CHARTS):
        options = QueryDict(chart.options)
        made: Chart = sweep_chart(sweep, chart.name, options)
        table = sweep_chart_table(sweep, chart.name, options)
        rows = [tuple(row) for row in islice(table.rows, MAX_TABLE_ROWS + 1)] if made.figure else []
        yield MadeChart(
            id=f"chart-{place}-{chart.name}",
            heading=chart.heading.format(metric=sweep.metric_name or "Objective"),
            is_wide=chart.is_wide,
            content=_settled(made),
            header=tuple(table.header),
            rows=rows[:MAX_TABLE_ROWS],
            is_cut=len(rows) > MAX_TABLE_ROWS,
        )


def _settled(chart: Chart) -> dict[str, Any]:
    """Return a chart that will not change any more, and whose runs are those of the report's table."""
    notes = chart.notes
    if chart.retry_after is not None and chart.figure is None:
        chart = chart._replace(message=_NOT_COMPUTED)
    elif chart.retry_after is not None:
        notes = (*notes, _NOT_NEWEST)
    content = chart._replace(retry_after=None, notes=notes).to_json()
    runs = ((content["figure"] or {}).get("layout", {}).get("meta") or {}).get("runs")
    if runs:
        runs["prefix"] = RUN_PREFIX
    return content
