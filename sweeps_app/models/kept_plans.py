"""Statements of which PostgreSQL keeps the plan.

To plan a query of a run with what belongs to it takes PostgreSQL ten times as long as to execute it. Statements that
every request makes are therefore prepared once for each connection. SQLite's module keeps them by itself.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection

POSTGRESQL = "postgresql"


def keeping_cursor() -> Any:
    """Return a cursor, to be used in a `with`, which executes statements of `kept_form` and keeps their plans."""
    if connection.vendor != POSTGRESQL:
        return connection.cursor()
    database: Any = connection
    database.ensure_connection()
    with database.wrap_database_errors:
        return database._prepare_cursor(_preparing_cursor()(database.connection))


def kept_form(sql: str) -> str:
    """Return a statement, whose parameters are marked by `%s`, as a `keeping_cursor` takes it."""
    if connection.vendor != POSTGRESQL:
        return sql
    first, *others = sql.split("%s")
    return "".join([first, *(f"${n}{part}" for n, part in enumerate(others, 1))]).replace("%%", "%")


def with_values(sql: str, values: Sequence[Any]) -> str:
    """Return a statement with values in the place of its parameters, those that are `None` aside.

    On PostgreSQL alone, whose plan of a prepared statement can only make use of what stands in its text.
    """
    first, *others = sql.split("%s")
    editor = connection.schema_editor()
    told = ["%s" if value is None else editor.quote_value(value) for value in values]
    return first + "".join(f"{mark}{part}" for mark, part in zip(told, others, strict=True))


def integer(value: Any) -> Any:
    """Return an integer as a parameter whose type does not depend on its size, since plans are kept by types."""
    return _int8()(value) if connection.vendor == POSTGRESQL else int(value)


# The driver is imported where there is a PostgreSQL.


@cache
def _int8() -> Any:
    from psycopg.types.numeric import Int8

    return Int8


@cache
def _preparing_cursor() -> Any:
    from psycopg import RawCursor

    class PreparingCursor(RawCursor):
        """A cursor of the driver that prepares whatever it executes, unless its connection is not to."""

        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            return super().execute(query, params, prepare=True, **options)

        def _convert_query(self, query: Any, params: Any = None) -> Any:
            # Django's log of statements reads it there.
            self._query = super()._convert_query(query, params)
            return self._query

    return PreparingCursor
