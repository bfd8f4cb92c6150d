"""Writes that every request makes, whose SQL is put together once: see `compiled.py`.

To put an INSERT or UPDATE of a run together takes Django ten times as long as SQLite takes to execute it. Here the
statement is kept, and each value passes through its field's own conversion. Signals are not sent; nothing here listens.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from sweeps_app.models.kept_plans import integer, keeping_cursor, kept_form

# Makes of a row the value that a database takes for one of its fields.
_Converter = Callable[[models.Model, Any], Any]


def insert_row(row: models.Model, *, ignore_conflict: bool = False) -> bool:
    """Store a new row and give it its key, as `save` does, and return True.

    With `ignore_conflict` a row that would break a constraint is left out, and False is returned: without a savepoint,
    which PostgreSQL needs to go on after an `IntegrityError`.
    """
    database = connections[DEFAULT_DB_ALIAS]
    statement, converters = _insertion(type(row), ignore_conflict, database.vendor)
    with keeping_cursor() as cursor:
        cursor.execute(statement, [convert(row, database) for convert in converters])
        found = cursor.fetchone()
    if found is None:
        return False
    row.pk, row._state.adding, row._state.db = found[0], False, database.alias
    return True


def update_row(row: models.Model, fields: Sequence[str]) -> None:
    """Store the values of `fields`, as `save(update_fields=...)` does.

    Raises the model's `DoesNotExist` where the row is gone. Each choice of fields is kept: there should be few.
    """
    model: Any = type(row)
    database = connections[DEFAULT_DB_ALIAS]
    statement, converters = _update(model, tuple(fields), database.vendor)
    with keeping_cursor() as cursor:
        cursor.execute(statement, [*(convert(row, database) for convert in converters), integer(row.pk)])
        if not cursor.rowcount:
            raise model.DoesNotExist("it was deleted a moment ago")


def upsert_rows(rows: Sequence[models.Model], *, unique: str, updated: str) -> None:
    """Store rows of one model; where there is one with the same `unique` fields, replace its `updated` fields.

    Both are names with spaces between. The rows do not get their keys.
    """
    if not rows:
        return
    database = connections[DEFAULT_DB_ALIAS]
    head, tail, converters = _upsert(type(rows[0]), unique, updated, database.vendor)
    marks = _marks(len(converters))
    most = (database.features.max_query_params or _MOST_PARAMETERS) // len(converters)
    with database.cursor() as cursor:
        for start in range(0, len(rows), most):
            part = rows[start : start + most]
            values = [convert(row, database) for row in part for convert in converters]
            cursor.execute(f"{head}{', '.join([marks] * len(part))}{tail}", values)


_MOST_PARAMETERS = 30_000


@cache
def _insertion(model: type[models.Model], ignore_conflict: bool, _vendor: str) -> tuple[str, list[_Converter]]:
    head, fields = _into(model)
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflict else ""
    key = _quoted(model._meta.pk)
    statement = f"{head}{_marks(len(fields))}{conflict} RETURNING {key}"
    return kept_form(statement), [_converter(field, True) for field in fields]


@cache
def _update(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> tuple[str, list[_Converter]]:
    fields = [model._meta.get_field(name) for name in names]
    values = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    statement = f"UPDATE {_table(model)} SET {values} WHERE {_quoted(model._meta.pk)} = %s"  # noqa: S608 (names of ours)
    return kept_form(statement), [_converter(field, False) for field in fields]


@cache
def _upsert(model: type[models.Model], unique: str, updated: str, _vendor: str) -> tuple[str, str, list[_Converter]]:
    head, fields = _into(model)
    place = ", ".join(_quoted(model._meta.get_field(name)) for name in unique.split())
    columns = [_quoted(model._meta.get_field(name)) for name in updated.split()]
    values = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns)
    return head, f" ON CONFLICT ({place}) DO UPDATE SET {values}", [_converter(field, True) for field in fields]


def _into(model: type[models.Model]) -> tuple[str, list[Any]]:
    """Return an INSERT up to its values, and the fields that these are of: all but the key, which the table makes."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return f"INSERT INTO {_table(model)} ({', '.join(map(_quoted, fields))}) VALUES ", fields  # noqa: S608


def _converter(field: Any, adds: bool) -> _Converter:
    return lambda row, database: field.get_db_prep_save(field.pre_save(row, adds), database)


def _marks(count: int) -> str:
    return f"({', '.join(['%s'] * count)})"


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(field.column)
