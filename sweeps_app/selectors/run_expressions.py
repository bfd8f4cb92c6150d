"""The columns of run tables as SQL: what they are sorted by, and what conditions compare."""

from collections.abc import Sequence
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, FloatField, Func, OuterRef, Subquery, TextField
from django.db.models.expressions import Combinable, Expression, OrderBy
from django.db.models.functions import Cast, Coalesce, Now
from django.db.models.sql.compiler import SQLCompiler

from sweeps_app.errors import InvalidInput
from sweeps_app.models import RunMetric
from sweeps_app.query.columns import Column, Kind, column_of, no_such_column, split_keys
from sweeps_app.selectors.json_sql import JsonFlag, JsonNumber, JsonText
from sweeps_app.selectors.moments import Epoch
from sweeps_app.selectors.run_scope import RunScope

# Where a column is not the model's field of that name.
_MODEL_FIELDS = {
    "rows": "history_rows",
    "sweep": "sweep__sweep_id",
    "agent": "agent__agent_id",
    "user": "created_by__username",
    "hidden": "is_hidden",
}
_FIGURES = {"last": "last", "min": "minimum", "max": "maximum"}


class _ByCodePoints(Func):
    """A text that PostgreSQL compares by its code points, as SQLite does."""

    template = '%(expressions)s COLLATE "C"'

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **_: Any) -> tuple[str, Any]:
        """Return the text as it is: SQLite compares so anyway."""
        return compiler.compile(self.source_expressions[0])


def column_named(key: str, scope: RunScope, field: str) -> Column:
    """Return the column of a key; raises `InvalidInput` for one that there is not, naming the request's `field`."""
    column = column_of(key)
    if column is None:
        raise InvalidInput.of(field, no_such_column(key))
    if column.source == "best" and column.name not in scope.goals:
        raise InvalidInput.of(
            field, f"'{key}': '{column.name}' has no goal, use min.{column.name} or max.{column.name}"
        )
    return column


def columns_named(text: str, scope: RunScope, field: str) -> list[Column]:
    """Return the columns of comma-separated keys, each once; raises `InvalidInput`."""
    return list(dict.fromkeys(column_named(key, scope, field) for key in split_keys(text)))


def model_field(column: Column) -> str:
    """Return the model's name of a column that every run has."""
    return _MODEL_FIELDS.get(column.name, column.name)


def number(column: Column, scope: RunScope) -> Combinable:
    """Return a column as a float, null where it is no number."""
    if column.source == "field":
        return Cast(F(model_field(column)), FloatField())
    if column.kind is Kind.JSON:
        return _first([JsonNumber(column.source, path) for path in paths(column, scope)])
    return Subquery(_metrics(column, scope), output_field=FloatField())


def text(column: Column, scope: RunScope) -> Expression:
    """Return a column as a text compared by code points, null where it is none."""
    if column.source == "field":
        return _ByCodePoints(F(model_field(column)))
    return _first([JsonText(column.source, path) for path in paths(column, scope)])


def flag(column: Column, scope: RunScope) -> Expression:
    """Return a value as the text "true" or "false", null where it is neither."""
    return _first([JsonFlag(column.source, path) for path in paths(column, scope)])


def runtime() -> ExpressionWrapper[Any]:
    """Return how long a run took, or has taken so far."""
    return ExpressionWrapper(Coalesce(F("finished_at"), Now()) - F("started_at"), output_field=DurationField())


def seconds() -> Combinable:
    """Return the same as seconds, for what looks at it in many runs and at no microsecond."""
    return Epoch(Coalesce(F("finished_at"), Now())) - Epoch(F("started_at"))


def paths(column: Column, scope: RunScope) -> list[tuple[str, ...]]:
    """Return where in its JSON the value of a column may stand."""
    return [(column.name,)] if column.source == "summary" else scope.config_paths(column.name)


def order_of(sort: str, scope: RunScope) -> list[OrderBy]:
    """Return the order that comma-separated keys ask for, `-` for descending; missing values come last.

    Without keys the newest run comes first. Raises `InvalidInput` for a key that is no column.
    """
    keys = split_keys(sort) or ["-created_at"]
    order = [term for key in keys for term in _terms(key, scope)]
    return [*order, OrderBy(F("pk"), descending=keys[0].startswith("-"))]


def _terms(key: str, scope: RunScope) -> list[OrderBy]:
    column = column_named(key.removeprefix("-"), scope, "sort")
    return [OrderBy(e, descending=key.startswith("-"), nulls_last=True) for e in _sorted_by(column, scope)]


def _sorted_by(column: Column, scope: RunScope) -> Sequence[Any]:
    """Return what a column is sorted by: numbers come before texts, and these before true and false."""
    if column.kind is Kind.JSON:
        return [number(column, scope), text(column, scope), flag(column, scope)]
    if column.kind is Kind.DURATION:
        return [seconds()]
    if column.kind in (Kind.TEXT, Kind.CHOICE):
        return [text(column, scope)]
    if column.kind is Kind.TAGS:
        return [_ByCodePoints(Cast("tags", TextField()))]
    return [F(model_field(column)) if column.source == "field" else number(column, scope)]


def _metrics(column: Column, scope: RunScope) -> Any:
    figure = figure_of(column, scope)
    return RunMetric.objects.filter(run=OuterRef("pk"), name=column.name).order_by().values(figure)[:1]


def figure_of(column: Column, scope: RunScope) -> str:
    """Return the field of a run's metric that a column shows; the best one is the least or the greatest by its goal."""
    if column.source == "best":
        return "maximum" if scope.goals[column.name] == "maximize" else "minimum"
    return _FIGURES[column.source]


def _first(alternatives: Sequence[Expression]) -> Expression:
    return alternatives[0] if len(alternatives) == 1 else Coalesce(*alternatives)
