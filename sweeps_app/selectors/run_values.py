"""What runs have in the columns of a table: plain values, None for what is missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from sweeps_app.models import Run, RunMetric
from sweeps_app.query.columns import FIGURES, VALUES, Column
from sweeps_app.selectors.run_expressions import figure_of, model_field
from sweeps_app.selectors.run_scope import Path, RunScope

# (run, metric) -> its figures by field
_Figures = Mapping[tuple[int, str], Mapping[str, float | None]]
_RELATED = {"sweep": "sweep", "agent": "agent", "user": "created_by"}
# What the table shows of a run in columns of more than one field.
_FIELDS_OF = {
    "name": ("name", "run_id"),
    "runtime": ("started_at", "finished_at"),
    "sweep": ("sweep__sweep_id", "sweep__name"),
}
_FIELDS: dict[str, Callable[[Run, datetime], Any]] = {
    "name": lambda run, _: str(run),
    "sweep": lambda run, _: run.sweep.sweep_id if run.sweep else None,
    "agent": lambda run, _: run.agent.agent_id if run.agent else None,
    "user": lambda run, _: run.created_by.username if run.created_by else None,
    "rows": lambda run, _: run.history_rows,
    "hidden": lambda run, _: run.is_hidden,
    "runtime": lambda run, now: run_seconds(run, now),
}


def related_to(columns: Sequence[Column]) -> list[str]:
    """Return what must be read with each run for some columns."""
    keys = {column.key for column in columns}
    return [name for key, name in _RELATED.items() if key in keys]


def fields_of(columns: Sequence[Column]) -> list[str]:
    """Return the fields in which some columns are, those of what is `related_to` them included."""
    of_runs = [column for column in columns if column.source == "field"]
    values = [column.source for column in columns if column.source in VALUES]
    return [*values, *(name for column in of_runs for name in _FIELDS_OF.get(column.name, (model_field(column),)))]


def run_values(runs: Sequence[Run], columns: Sequence[Column], scope: RunScope) -> list[list[Any]]:
    """Return a row of values for each run, which comes with what belongs to it; a runtime is in seconds.

    Metrics are read for all runs together, by one query.
    """
    figures, now = _figures(runs, columns, scope), timezone.now()
    readers = [_reader(column, scope, figures, now) for column in columns]
    return [[read(run) for read in readers] for run in runs]


def run_seconds(run: Run, now: datetime) -> float | None:
    """Return how long a run took, or has taken so far; None for one that has not started."""
    return None if run.started_at is None else ((run.finished_at or now) - run.started_at).total_seconds()


def config_value(config: Mapping[str, Any], paths: Iterable[Path]) -> Any:
    """Return what a config has at the first of some paths where it has something."""
    for path in paths:
        found = _looked_up(config, path)
        if found is not None:
            return found
    return None


def _reader(column: Column, scope: RunScope, figures: _Figures, now: datetime) -> Callable[[Run], Any]:
    """Return what tells the value of a run: what is the same for all of them is looked up here."""
    name = column.name
    if column.source == "summary":
        return lambda run: run.summary.get(name)
    if column.source == "config":
        paths = scope.config_paths(name)
        return lambda run: config_value(run.config, paths)
    if column.source in FIGURES:
        figure = figure_of(column, scope)
        return lambda run: figures.get((run.pk, name), {}).get(figure)
    if read := _FIELDS.get(name):
        return lambda run: _unless_empty(read(run, now))
    return lambda run: _unless_empty(getattr(run, name))


def _unless_empty(value: Any) -> Any:
    return None if value in ("", []) else value


def _looked_up(config: Mapping[str, Any], path: Path) -> Any:
    found: Any = config
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _figures(runs: Sequence[Run], columns: Sequence[Column], scope: RunScope) -> _Figures:
    wanted = {(column.name, figure_of(column, scope)) for column in columns if column.source in FIGURES}
    if not wanted or not runs:
        return {}
    fields = sorted({field for _, field in wanted})
    metrics = RunMetric.objects.filter(run__in=[run.pk for run in runs], name__in={name for name, _ in wanted})
    rows = metrics.order_by().values_list("run_id", "name", *fields)
    return {(pk, name): dict(zip(fields, found, strict=True)) for pk, name, *found in rows}
