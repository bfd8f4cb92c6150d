"""Values inside of JSON columns as SQL, the same on SQLite and PostgreSQL: to sort by, to compare, to search lists."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, FloatField, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, Any]


class _JsonValue(Func):
    """The value at `path` (names from the outside in) of the JSON column `column`.

    In the templates `{column}` is the column, and each `%s` the path.
    """

    _sqlite: str
    _postgresql: str

    def __init__(self, column: str, path: Sequence[str]) -> None:
        super().__init__(column)
        self.path = list(path)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for SQLite, which compares names as they are escaped in the stored text."""
        quoted = "$" + "".join(f".{json.dumps(name)}" for name in self.path)
        return self._filled(self._sqlite, compiler, quoted)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for PostgreSQL."""
        return self._filled(self._postgresql, compiler, self.path)

    def _filled(self, template: str, compiler: SQLCompiler, path: str | list[str]) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        count = template.count("%s")
        return template.format(column=column), [*params * template.count("{column}"), *[path] * count]


class JsonNumber(_JsonValue):
    """The value as a float, infinities included; null where it is no number."""

    output_field = FloatField()
    _sqlite = (
        "CASE json_type({column}, %s) WHEN 'real' THEN json_extract({column}, %s) "
        "WHEN 'integer' THEN json_extract({column}, %s) WHEN 'text' THEN CASE json_extract({column}, %s) "
        "WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 END END"
    )
    _postgresql = (
        "CASE WHEN jsonb_typeof({column} #> %s::text[]) = 'number' "
        "OR {column} #> %s::text[] IN ('\"Infinity\"'::jsonb, '\"-Infinity\"'::jsonb) "
        "THEN ({column} #>> %s::text[])::double precision END"
    )


class JsonText(_JsonValue):
    """The value where it is a text, compared by its code points; null where it is none."""

    output_field = TextField()
    _sqlite = "CASE json_type({column}, %s) WHEN 'text' THEN json_extract({column}, %s) END"
    _postgresql = (
        "(CASE WHEN jsonb_typeof({column} #> %s::text[]) = 'string' THEN {column} #>> %s::text[] END) COLLATE \"C\""
    )


class JsonFlag(_JsonValue):
    """The texts "true" and "false" for these values, null for any other."""

    output_field = TextField()
    _sqlite = "CASE json_type({column}, %s) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' END"
    _postgresql = "CASE WHEN jsonb_typeof({column} #> %s::text[]) = 'boolean' THEN {column} #>> %s::text[] END"


class JsonRaw(_JsonValue):
    """The value as JSON, a text in its quotes; null where there is none, and "null" for a null that is there."""

    output_field = TextField()
    _sqlite = (
        "CASE WHEN json_type({column}, %s) IN ('true', 'false', 'null') THEN json_type({column}, %s) "
        "WHEN json_type({column}, %s) IS NOT NULL THEN json_quote(json_extract({column}, %s)) END"
    )
    _postgresql = "({column} #> %s::text[])::text"


class JsonMissing(_JsonValue):
    """Whether there is no value, or null."""

    output_field = BooleanField()
    _sqlite = "coalesce(json_type({column}, %s), 'null') = 'null'"
    _postgresql = "coalesce(jsonb_typeof({column} #> %s::text[]), 'null') = 'null'"


class JsonAbsent(_JsonValue):
    """Whether there is nothing, not even null."""

    output_field = BooleanField()
    _sqlite = "json_type({column}, %s) IS NULL"
    _postgresql = "({column} #> %s::text[]) IS NULL"


class JsonHas(_JsonValue):
    """Whether the value is a list with `entry` in it; 1 and 1.0 are the same, 1 and true are not."""

    output_field = BooleanField()
    _sqlite = (
        "(json_type({column}, %s) = 'array' AND EXISTS (SELECT 1 FROM json_each({column}, %s) AS entry WHERE {test}))"
    )
    _postgresql = "(jsonb_typeof({column} #> %s::text[]) = 'array' AND {column} #> %s::text[] @> {test})"

    def __init__(self, column: str, path: Sequence[str], entry: float | str | bool) -> None:
        super().__init__(column, path)
        self.entry = entry

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for SQLite."""
        if isinstance(self.entry, bool):
            test, params = f"entry.type = '{json.dumps(self.entry)}'", []
        else:
            types = "'text'" if isinstance(self.entry, str) else "'integer', 'real'"
            test, params = f"entry.type IN ({types}) AND entry.value = %s", [self.entry]
        return self._with_test(super().as_sqlite(compiler, connection), test, params)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for PostgreSQL."""
        return self._with_test(super().as_postgresql(compiler, connection), "%s::jsonb", [json.dumps(self.entry)])

    def _filled(self, template: str, compiler: SQLCompiler, path: str | list[str]) -> Sql:
        return super()._filled(template.replace("{test}", "{{test}}"), compiler, path)

    @staticmethod
    def _with_test(sql: Sql, test: str, params: list[Any]) -> Sql:
        return sql[0].replace("{test}", test), [*sql[1], *params]


class HoldsText(Func):
    """Whether a text holds another one, in upper or lower case of the letters A to Z."""

    output_field = BooleanField()

    def __init__(self, text: Any, part: str) -> None:
        super().__init__(text)
        self.part = "".join(sign.lower() if sign.isascii() else sign for sign in part)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for SQLite."""
        text, params = compiler.compile(self.source_expressions[0])
        return f"instr(lower({text}), %s) > 0", [*params, self.part]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for PostgreSQL, whose collation "C" knows these letters alone."""
        text, params = compiler.compile(self.source_expressions[0])
        return f'strpos(lower({text} COLLATE "C"), %s) > 0', [*params, self.part]


class PkIn(Func):
    """Whether the primary key is one of many, which are sent as one parameter."""

    output_field = BooleanField()
    _sqlite = "{pk} IN (SELECT value FROM json_each(%s))"
    _postgresql = "{pk} = ANY(%s::bigint[])"

    def __init__(self, pks: Sequence[int]) -> None:
        super().__init__(F("pk"))
        self.pks = list(pks)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for SQLite."""
        pk, params = compiler.compile(self.source_expressions[0])
        return self._sqlite.replace("{pk}", pk), [*params, json.dumps(self.pks)]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """Return the SQL for PostgreSQL."""
        pk, params = compiler.compile(self.source_expressions[0])
        return self._postgresql.replace("{pk}", pk), [*params, self.pks]
