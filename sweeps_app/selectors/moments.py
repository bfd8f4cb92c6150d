"""Moments that the database counts with."""

from typing import Any

from django.db.models import FloatField, Func
from django.db.models.sql.compiler import SQLCompiler


class Epoch(Func):
    """A moment as seconds since the epoch, by the database's own function: Django would call Python for each row.

    SQLite's are right to a twentieth of a millisecond.
    """

    output_field = FloatField()
    function = "EXTRACT"
    template = "EXTRACT(EPOCH FROM %(expressions)s)::float8"

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        """Return the SQL for SQLite, which counts days."""
        template = "((julianday(%(expressions)s) - 2440587.5) * 86400.0)"
        return self.as_sql(compiler, connection, template=template, **context)
