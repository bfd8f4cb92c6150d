"""The runs of a selection: what charts and table show together is found by one filter."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any as AnyType

import numpy as np
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import label_of
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run, Sweep
from sweeps_app.query.binding import read_query
from sweeps_app.query.columns import Column, Kind, column_of
from sweeps_app.query.conditions import All, Any, Compare, Condition, Missing, Not, OneOf, Scalar
from sweeps_app.query.errors import QueryError
from sweeps_app.query.polygon import inside, on_scale
from sweeps_app.query.selection import (
    ORDER,
    Clause,
    Filter,
    Labels,
    Lasso,
    Numbers,
    Runs,
    Selection,
    SelectionError,
    read_selection,
)
from sweeps_app.selectors.json_sql import JsonAbsent, JsonMissing, PkIn
from sweeps_app.selectors.run_expressions import column_named, model_field, number, paths, runtime
from sweeps_app.selectors.run_filter import condition_q
from sweeps_app.selectors.run_scope import RunScope, sweep_scope
from sweeps_app.selectors.run_values import config_value

_LARGEST = sys.float_info.max


def selection_named(text: str) -> Selection:
    """Return the selection of an address; raises `InvalidInput`, naming `sel`, for a text that is none."""
    try:
        return read_selection(text.replace("\x00", ""))
    except SelectionError as error:
        raise InvalidInput.of("sel", str(error)) from None


def selected_runs(sweep: Sweep, selection: Selection) -> QuerySet[Run]:
    """Return the runs of a sweep that are selected, all of them for the empty selection; raises `InvalidInput`."""
    scope = sweep_scope(sweep)
    return scope.runs.filter(selection_q(selection, scope)) if selection else scope.runs


def selection_q(selection: Selection, scope: RunScope) -> Q:
    """Return the filter that finds the runs of `scope` for which all clauses hold.

    What SQL does not know (polygons, the order, categories that are lists or objects) is found by reading columns here,
    and then named by primary keys. Raises `InvalidInput` for a column that does not exist.
    """
    return Q(*(_clause_q(clause, scope) for clause in selection.clauses))


def _clause_q(clause: Clause, scope: RunScope) -> Q:
    match clause:
        case Runs(ids):
            return Q(run_id__in=ids)
        case Filter(text):
            return _filter_q(text, scope)
        case Lasso():
            return _lasso_q(clause, scope)
        case Labels():
            return _labels_q(clause, scope)
        case Numbers(key=key) if key == ORDER:
            return _order_q(clause, scope)
        case Numbers():
            return condition_q(_numbers(clause, column_named(clause.key, scope, "sel")), scope)


def _filter_q(text: str, scope: RunScope) -> Q:
    try:
        bound = read_query(text.replace("\x00", " "), scope.catalogue, timezone.now().timestamp())
    except QueryError as error:
        raise InvalidInput.of("sel", f"its filter cannot be read: {error}") from None
    return Q() if bound.condition is None else condition_q(bound.condition, scope)


def _numbers(clause: Numbers, column: Column) -> Condition:
    def within(low: float | None, high: float | None) -> Condition:
        ends = (
            Compare(column, ">=", -_LARGEST if low is None else low),
            Compare(column, "<=", _LARGEST if high is None else high),
        )
        return All((*ends, Compare(column, ">", 0.0)) if clause.log else ends)

    found: list[Condition] = [within(*span) for span in clause.spans]
    if clause.missing:
        found.append(Not(within(None, None)))
    return Any(tuple(found))


def _order_q(clause: Numbers, scope: RunScope) -> Q:
    pks, places = _orders(scope)
    kept = np.zeros(len(pks), dtype=np.bool_)
    for low, high in clause.spans:
        kept |= (places >= (-np.inf if low is None else low)) & (places <= (np.inf if high is None else high))
    return Q(PkIn(pks[kept].tolist()))


def _orders(scope: RunScope) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    pks = np.array(list(scope.runs.order_by("pk").values_list("pk", flat=True)), dtype=np.int64)
    return pks, np.arange(1, len(pks) + 1, dtype=np.float64)


def _labels_q(clause: Labels, scope: RunScope) -> Q:
    column = column_named(clause.key, scope, "sel")
    found = Q(pk__in=[])
    if column.kind is not Kind.JSON:
        if clause.labels:
            found |= condition_q(OneOf(column, clause.labels), scope)
        return found | condition_q(Missing(column), scope) if clause.missing else found
    values = [value_of_label(label) for label in clause.labels]
    scalars: tuple[Scalar, ...] = tuple(float(v) if type(v) is int else v for v in values if _is_scalar(v))
    if scalars:
        found |= condition_q(OneOf(column, scalars), scope)
    absent = [JsonAbsent(column.source, path) for path in paths(column, scope)]
    if None in values:
        found |= condition_q(Missing(column), scope) & ~Q(*absent)
    if any(isinstance(value, list | dict) for value in values):
        found |= Q(PkIn(_with_labels(column, set(clause.labels), scope)))
    return found | Q(*absent) if clause.missing else found


def value_of_label(label: str) -> AnyType:
    """Return the value that `label_of` has given a label, which is its text or its JSON form."""
    try:
        return json.loads(label)
    except (ValueError, RecursionError):
        return label


def _is_scalar(value: AnyType) -> bool:
    return isinstance(value, str | float | int | bool)


def _with_labels(column: Column, labels: set[str], scope: RunScope) -> list[int]:
    where = Q(*(JsonMissing(column.source, path) for path in paths(column, scope)))
    rows = scope.runs.exclude(where).order_by().values_list("pk", column.source)
    return [pk for pk, values in rows if _label(values, column, scope) in labels]


def _label(values: AnyType, column: Column, scope: RunScope) -> str | None:
    value = config_value(values, paths(column, scope))
    return None if value is None else label_of(value)


def _lasso_q(lasso: Lasso, scope: RunScope) -> Q:
    pks, x = _places(lasso, 0, scope)
    _, y = _places(lasso, 1, scope)
    corners = [on_scale(np.array([point[i] for point in lasso.points]), log=lasso.log[i]) for i in (0, 1)]
    points = list(zip(*(corner.tolist() for corner in corners), strict=True))
    kept = inside(points, on_scale(x, log=lasso.log[0]), on_scale(y, log=lasso.log[1]))
    return Q(PkIn(pks[kept].tolist()))


def _places(lasso: Lasso, axis: int, scope: RunScope) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the runs by ascending primary key, and where each lies on an axis, NaN for nowhere."""
    key, labels = lasso.keys[axis], lasso.labels[axis]
    if key == ORDER:
        return _orders(scope)
    column = column_named(key, scope, "sel")
    if labels is None:
        rows = list(scope.runs.order_by("pk").values_list("pk", _number_of(column, scope)))
        values = [_float(value) for _, value in rows]
    elif column.kind is Kind.JSON:
        rows = list(scope.runs.order_by("pk").values_list("pk", column.source))
        values = [_code(_label(found, column, scope), labels) for _, found in rows]
    else:
        rows = list(scope.runs.order_by("pk").values_list("pk", model_field(column)))
        values = [_code(found, labels) for _, found in rows]
    return np.array([pk for pk, _ in rows], dtype=np.int64), np.array(values, dtype=np.float64)


def _number_of(column: Column, scope: RunScope) -> AnyType:
    if column.kind is Kind.TIME:
        return F(model_field(column))
    if column.kind is Kind.DURATION:
        return runtime()
    if column.kind in (Kind.TEXT, Kind.CHOICE):
        raise InvalidInput.of("sel", f"the lasso must name the categories of {column.key} in labels")
    return number(column, scope)


def _float(value: AnyType) -> float:
    if value is None:
        return np.nan
    if isinstance(value, datetime):
        return value.timestamp()
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def _code(label: str | None, labels: Sequence[str]) -> float:
    return float(labels.index(label)) if label in labels else np.nan


def is_chart_column(key: str) -> bool:
    """Tell whether a key names a column that charts can show and selections can name."""
    column = column_of(key)
    return key == ORDER or (column is not None and column.kind not in (Kind.TAGS, Kind.FLAG))
