"""Order rows by a value inside a JSON column, the same way on SQLite and PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import FloatField, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, Any]


class _JsonValue(Func):
    """The value at `path` (names from the outside in) of the JSON column `column`, where it has the right type."""

    _sqlite: str
    _postgresql: str

    def __init__(self, column: str, path: Sequence[str]) -> None:
        super().__init__(column)
        self.path = list(path)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for SQLite."""
        quoted = "$" + "".join(f'."{name}"' for name in self.path)
        return self._filled(self._sqlite, compiler, quoted)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for PostgreSQL."""
        return self._filled(self._postgresql, compiler, self.path)

    def _filled(self, template: str, compiler: SQLCompiler, path: str | list[str]) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        return template.format(column=column), [*params, path, *params, path]


class JsonNumber(_JsonValue):
    """The value as a float, null where it is no number."""

    output_field = FloatField()
    _sqlite = "CASE WHEN json_type({column}, %s) IN ('integer', 'real') THEN json_extract({column}, %s) END"
    _postgresql = (
        "CASE WHEN jsonb_typeof({column} #> %s::text[]) = 'number' THEN ({column} #>> %s::text[])::double precision END"
    )


class JsonText(_JsonValue):
    """Text and booleans as text, null where it is neither."""

    output_field = TextField()
    _sqlite = (
        "CASE json_type({column}, %s) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
        "WHEN 'text' THEN json_extract({column}, %s) END"
    )
    _postgresql = (
        "CASE WHEN jsonb_typeof({column} #> %s::text[]) IN ('string', 'boolean') THEN {column} #>> %s::text[] END"
    )
