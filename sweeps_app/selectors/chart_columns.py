"""Any columns of the run table as numbers for charts: what can be drawn against what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import AxisColumn, ParameterAxis, axis_columns
from sweeps_app.columns.media import without_media
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run, RunMetric, Sweep
from sweeps_app.query.columns import FIGURES, Column, Kind
from sweeps_app.query.selection import ORDER, Filter, Selection
from sweeps_app.selectors.axes import parameter_axes
from sweeps_app.selectors.run_columns import RunColumns, run_columns
from sweeps_app.selectors.run_expressions import column_named, figure_of, model_field
from sweeps_app.selectors.run_scope import RunScope, sweep_scope
from sweeps_app.selectors.run_selected import is_chart_column, selected_runs

MAX_COLUMNS = 60
MAX_LABELS = 500
FILTER = "filter:"  # what the key of a column of a filter begins with
_NUMBERS = (Kind.NUMBER, Kind.TIME, Kind.DURATION)
# What every run has and a chart can show, after what the sweep is about.
_FIELDS = ("state", ORDER, "created_at", "started_at", "finished_at", "runtime", "rows", "last_step", "host", "agent")


class ChartColumn(NamedTuple):
    """A column of n runs.

    `values` (float64[n]) are numbers (moments in seconds since the epoch, lengths of time in seconds) or for a category
    indexes into `labels`; NaN where a run has none. `kind` is "number", "category" or "time".
    """

    key: str
    label: str
    kind: str
    log: bool
    values: NDArray[np.float64]
    labels: tuple[str, ...] = ()


class Choice(NamedTuple):
    """A column that can be chosen; `group` is where it comes from."""

    key: str
    label: str
    group: str


def column_choices(sweep: Sweep) -> list[Choice]:
    """Return the columns that the charts of a sweep offer."""
    scope = sweep_scope(sweep)
    names = [name for name in without_media(scope.catalogue.summary) if not name.startswith("_")]
    parameters = [Choice(f"config.{axis.name}", axis.name, "Config") for axis in parameter_axes(sweep.config)]
    objective = [Choice("objective", sweep.metric_name, "Metrics")] if sweep.metric_name else []
    others = [Choice(f"summary.{name}", name, "Metrics") for name in names if name != sweep.metric_name]
    fields = [Choice(key, _label(key, sweep, scope), "Run") for key in _FIELDS]
    figures = [Choice(f"{kind}.{n}", f"{kind} {n}", "Least and greatest") for n in names for kind in ("min", "max")]
    return [choice for choice in [*objective, *others, *parameters, *fields, *figures] if is_chart_column(choice.key)]


def chart_columns(
    sweep: Sweep, keys: Sequence[str], *, limit: int, among: QuerySet[Run] | None = None
) -> tuple[RunColumns, list[ChartColumn]]:
    """Return the newest `limit` runs, of those in `among`, and for each key a column of them.

    Raises `InvalidInput`, naming `keys`, for one that is no column, and for too many.
    """
    if len(keys) > MAX_COLUMNS:
        raise InvalidInput.of("keys", f"names more than {MAX_COLUMNS} columns: ask for them in parts")
    scope = sweep_scope(sweep)
    if unknown := next((key for key in keys if not is_chart_column(key)), None):
        message = f"'{unknown}' is no column of charts: use config.NAME, summary.NAME, objective, state or {ORDER}"
        raise InvalidInput.of("keys", message)
    columns = [Column("field", ORDER) if key == ORDER else column_named(key, scope, "keys") for key in keys]
    fields = dict.fromkeys(field for column in columns for field in _read_for(column))
    runs = run_columns(sweep, limit=limit, with_times=False, among=among, more=tuple(fields))
    axes = {f"config.{axis.name}": axis for axis in parameter_axes(sweep.config)}
    reader = _Reader(sweep, scope, runs, axes)
    return runs, [reader.read(column, _label(column.key, sweep, scope)) for column in columns]


def found_column(sweep: Sweep, runs: RunColumns, text: str) -> ChartColumn:
    """Return the column of the runs that a filter of the table finds; the others have no value.

    Raises `InvalidInput`, naming `sel`, for a filter that makes no sense.
    """
    found = set(selected_runs(sweep, Selection((Filter(text),))).order_by().values_list("run_id", flat=True))
    values = np.array([0.0 if run_id in found else np.nan for run_id in runs.ids], dtype=np.float64)
    return ChartColumn(f"{FILTER}{text}", text, "category", False, values, ("found",))


def _label(key: str, sweep: Sweep, scope: RunScope) -> str:
    if key == ORDER:
        return "Order"
    if key == "objective" and sweep.metric_name:
        return sweep.metric_name
    return column_named(key, scope, "keys").label


def _read_for(column: Column) -> tuple[str, ...]:
    if column.source in ("config", "summary"):
        return (column.source,)
    if column.source in FIGURES or column.name == ORDER:
        return ("pk",)
    if column.kind is Kind.DURATION:
        return ("started_at", "finished_at")
    return () if column.name in ("objective", "state") else (model_field(column),)


class _Reader:
    def __init__(self, sweep: Sweep, scope: RunScope, runs: RunColumns, axes: Mapping[str, ParameterAxis]) -> None:
        self._sweep, self._scope, self._runs, self._axes = sweep, scope, runs, axes

    def read(self, column: Column, label: str) -> ChartColumn:
        key, runs = column.key, self._runs
        if column.name == ORDER:
            return ChartColumn(key, label, "number", False, self._orders())
        if key in self._axes:
            return _of_axis(key, label, axis_columns(runs.more["config"], [self._axes[key]])[0])
        if column.source in ("config", "summary"):
            return self._of_json(column, label)
        if column.source in FIGURES:
            return ChartColumn(key, label, "number", False, self._figures(column))
        if key == "objective":
            return ChartColumn(key, label, "number", False, runs.objectives)
        if column.kind is Kind.DURATION:
            return ChartColumn(key, label, "number", False, self._runtimes())
        found = runs.states if key == "state" else runs.more[model_field(column)]
        if column.kind in _NUMBERS:
            read: Callable[[Any], float] = datetime.timestamp if column.kind is Kind.TIME else float
            kind = "time" if column.kind is Kind.TIME else "number"
            return ChartColumn(key, label, kind, False, _numbers(found, read))
        labels = sorted({text for text in found if text})
        codes = {text: float(code) for code, text in enumerate(labels)}
        return ChartColumn(key, label, "category", False, _numbers(map(codes.get, found), float), tuple(labels))

    def _of_json(self, column: Column, label: str) -> ChartColumn:
        """Return numbers where some run has a number, else categories, of which there may be too many to tell apart."""
        paths = [(column.name,)] if column.source == "summary" else self._scope.config_paths(column.name)
        rows = self._runs.more[column.source]
        for path in paths:
            numbers = axis_columns(rows, [ParameterAxis(path, "number")])[0]
            if np.isfinite(numbers.values).any():
                return _of_axis(column.key, label, numbers)
        found = axis_columns(rows, [ParameterAxis(paths[0], "category")])[0]
        if len(found.labels) > MAX_LABELS:
            return ChartColumn(column.key, label, "category", False, np.full(len(rows), np.nan))
        return _of_axis(column.key, label, found)

    def _figures(self, column: Column) -> NDArray[np.float64]:
        metrics = RunMetric.objects.filter(run__sweep=self._sweep, run__deleted_at=None, name=column.name)
        figures = dict(metrics.order_by().values_list("run_id", figure_of(column, self._scope)))
        return _numbers(map(figures.get, self._runs.more["pk"]), float)

    def _orders(self) -> NDArray[np.float64]:
        """Return the number of each run among all of the sweep, from 1."""
        pks = np.array(list(self._scope.runs.order_by("pk").values_list("pk", flat=True)), dtype=np.int64)
        shown = np.array(self._runs.more["pk"], dtype=np.int64)
        return np.searchsorted(pks, shown).astype(np.float64) + 1

    def _runtimes(self) -> NDArray[np.float64]:
        now = timezone.now()
        pairs = zip(self._runs.more["started_at"], self._runs.more["finished_at"], strict=True)
        return _numbers(
            (None if began is None else (ended or now) - began for began, ended in pairs), lambda d: d.total_seconds()
        )


def _of_axis(key: str, label: str, found: AxisColumn) -> ChartColumn:
    return ChartColumn(key, label, found.axis.kind, found.axis.log, found.values, found.labels)


def _numbers(found: Iterable[Any], read: Callable[[Any], float]) -> NDArray[np.float64]:
    values = np.array([np.nan if value is None else read(value) for value in found], dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)
