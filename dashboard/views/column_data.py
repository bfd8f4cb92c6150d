"""The charts of columns: runs over any of their columns, counted and drawn by the browser from one copy of them."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from dashboard.charts.columns import column_json, runs_key
from dashboard.charts.distribution import DistributionData, distribution_data, distribution_json, distribution_table
from dashboard.charts.figure import Table
from dashboard.charts.parallel import ParallelData, parallel_json, parallel_keys, parallel_table, readable
from dashboard.charts.scatter import scatter_table
from dashboard.selection.reading import runs_of
from dashboard.views.page import address
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Sweep
from sweeps_app.query.columns import split_keys
from sweeps_app.selectors.chart_columns import chart_columns, column_choices, found_column
from sweeps_app.selectors.run_scope import sweep_scope

MAX_RUNS = 20_000
MAX_FILTERS = 10


def parallel_columns(sweep: Sweep, _: QueryDict) -> dict[str, Any]:
    """Return the runs with the columns that charts begin with, and which others there are."""
    prefix = address(sweep.project.entity.name, sweep.project.name, "runs", "")
    return parallel_json(_parallel(sweep), run_prefix=prefix)


def parallel_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the numbers of the parallel coordinates, and of further axes that `keys` names; raises `InvalidInput`."""
    return parallel_table(_parallel(sweep, further=_keys(options)))


def picked_columns(sweep: Sweep, options: QueryDict) -> dict[str, Any]:
    """Return the columns that `keys` names, of the runs that `parallel_columns` has, and which each `filter` finds.

    Raises `InvalidInput`.
    """
    runs, columns = chart_columns(sweep, _keys(options), limit=MAX_RUNS)
    filters = options.getlist("filter")
    if len(filters) > MAX_FILTERS:
        raise InvalidInput.of("filter", f"is there more than {MAX_FILTERS} times: ask in parts")
    columns += [found_column(sweep, runs, text) for text in filters]
    return {"key": runs_key(runs), "columns": [column_json(column) for column in columns]}


def columns_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the columns that `keys` names as a table; raises `InvalidInput`."""
    runs, columns = chart_columns(sweep, _keys(options), limit=MAX_RUNS)
    header = ["run", "name", *(column.key for column in columns)]
    return Table(header, zip(runs.ids, runs.names, *map(readable, columns), strict=True))


def scatter_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the points of the scatter plot of `x`, `y`, `color` and `size`; raises `InvalidInput`."""
    first = parallel_keys(column_choices(sweep), _goals(sweep))
    given = [options.get(name, "") for name in ("x", "y", "color", "size")]
    x, y = given[0] or first[0], given[1] or "objective"
    keys = list(dict.fromkeys([x, y, *filter(None, given[2:])]))
    runs, columns = chart_columns(sweep, keys, limit=MAX_RUNS)
    found = dict(zip(keys, columns, strict=True))
    ordered = [found[x], found[y], *(found[key] for key in keys if key not in (x, y))]
    return scatter_table(runs, ordered, _ids(sweep, options))


def distribution_places(sweep: Sweep, options: QueryDict) -> dict[str, Any]:
    """Return where the bars of `column` are; raises `InvalidInput`."""
    return distribution_json(_distribution(sweep, options), log=_is_log(options))


def distribution_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the bars of `column`, split `by` a category; raises `InvalidInput`."""
    return distribution_table(_distribution(sweep, options), _ids(sweep, options))


def _parallel(sweep: Sweep, *, further: Sequence[str] = ()) -> ParallelData:
    choices, goals = column_choices(sweep), _goals(sweep)
    keys = dict.fromkeys([*parallel_keys(choices, goals), *further])
    runs, columns = chart_columns(sweep, list(keys), limit=MAX_RUNS)
    return ParallelData(runs, columns, goals, choices)


def _goals(sweep: Sweep) -> dict[str, str]:
    """Return the goals of the sweep's metrics by the keys of their columns, the objective first."""
    found = sweep_scope(sweep).goals
    keys = {"objective" if name == sweep.metric_name else f"summary.{name}": goal for name, goal in found.items()}
    return dict(sorted(keys.items(), key=lambda pair: pair[0] != "objective"))


def _distribution(sweep: Sweep, options: QueryDict) -> DistributionData:
    key = options.get("column") or ("objective" if sweep.metric_name else "runtime")
    by = options.get("by", "")
    runs, columns = chart_columns(sweep, [key, by] if by else [key], limit=MAX_RUNS)
    if by and columns[1].kind != "category":
        raise InvalidInput.of("by", f"'{by}' has no categories: use state or a parameter with some")
    return distribution_data(runs, columns[0], columns[1] if by else None, log=_is_log(options))


def _keys(options: QueryDict) -> list[str]:
    return list(dict.fromkeys(split_keys(options.get("keys", ""))))


def _is_log(options: QueryDict) -> bool:
    return options.get("scale") == "log"


def _ids(sweep: Sweep, options: QueryDict) -> set[str] | None:
    found = runs_of(sweep, options)
    return None if found is None else set(found.order_by().values_list("run_id", flat=True))
