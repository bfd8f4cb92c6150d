"""All runs of a sweep over its parameters and its metrics, as the columns of parallel coordinates."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dashboard.charts.columns import column_json, runs_json
from dashboard.charts.figure import Table
from sweeps_app.selectors.chart_columns import ChartColumn, Choice
from sweeps_app.selectors.run_columns import RunColumns

MAX_ASIDE = 3
MAX_PARAMETERS = 40  # at first; a viewer may ask for the others, of which there may be hundreds


class ParallelData(NamedTuple):
    """A column for each parameter that can vary and each metric; one entry a run in each.

    `goals` maps the keys of metrics that the sweep pursues to "minimize" or "maximize"; other metrics stand aside until
    they are asked for.
    """

    runs: RunColumns
    columns: list[ChartColumn]
    goals: Mapping[str, str]
    choices: Sequence[Choice]


def parallel_keys(choices: Sequence[Choice], goals: Mapping[str, str]) -> list[str]:
    """Return the columns to begin with: the first parameters, the metrics that the sweep pursues, and a few others."""
    metrics = [choice.key for choice in choices if choice.group == "Metrics"]
    aside = [key for key in metrics if key not in goals][:MAX_ASIDE]
    parameters = [choice.key for choice in choices if choice.group == "Config"][:MAX_PARAMETERS]
    return [*parameters, *(key for key in metrics if key in goals), *aside]


def parallel_json(data: ParallelData, *, run_prefix: str) -> dict[str, Any]:
    """Return what `static/js/selection/run_data.js` reads and all charts of columns draw."""
    axes = [_axis_json(column, data.goals) for column in data.columns]
    metric = next(iter(data.goals), None)
    shown = len(data.runs)
    return {
        "axes": axes,
        "color": {"name": metric, "goal": data.goals[metric]} if metric else None,
        "runs": runs_json(data.runs, run_prefix=run_prefix),
        "choices": [choice._asdict() for choice in data.choices],
        "total": data.runs.total,
        "shown": shown,
    }


def parallel_table(data: ParallelData) -> Table:
    """Return the numbers of the chart: categories by their labels, nothing where a run has no value."""
    header = ["run", "name", "state", *(column.label for column in data.columns)]
    columns = [readable(column) for column in data.columns]
    return Table(header, zip(data.runs.ids, data.runs.names, data.runs.states, *columns, strict=True))


def readable(column: ChartColumn) -> list[Any]:
    """Return a column's values as a table shows them: labels or numbers, None for no value."""
    labels = column.labels
    return [None if v != v else labels[int(v)] if labels else v for v in column.values.tolist()]


def _axis_json(column: ChartColumn, goals: Mapping[str, str]) -> dict[str, Any]:
    is_metric = not column.key.startswith("config.")
    more = {"metric": is_metric, "aside": is_metric and column.key not in goals}
    return column_json(column) | more | ({"goal": goals[column.key]} if column.key in goals else {})
