"""Queries that every request makes, whose SQL is put together once.

Django builds the SQL of a query anew each time, which for a row with what belongs to it takes ten times as long as the
database needs to find it. Here a query is built once, with a mark in the place of each parameter; afterwards only the
values change. It goes below the public face of Django's querysets (their compiler and what makes instances of rows),
and a test compares what comes of it with what the queryset itself gives.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ValuesListIterable, get_related_populators

from sweeps_app.models.kept_plans import POSTGRESQL, integer, keeping_cursor, kept_form, with_values

Row = TypeVar("Row")

# Nothing that a filter would compare with by itself.
_FIRST_NUMBER = 7_305_181_930_000_000


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement, and for each of its parameters the value that it always has, or the name of the one that changes."""

    sql: str
    parameters: tuple[tuple[str | None, Any], ...]
    instance: Callable[[Any], Any]


class CompiledQuery(Generic[Row]):
    """The first row of a query whose parameters, integers and texts, are compared for equality and nothing else.

    A row is an instance, or a tuple where the query is of values in a list.

    `build` makes the query of its parameters by name; `integers` and `texts` name these. A value must not decide the
    form of the query: None is not the same as a number.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *, integers: str = "", texts: str = "") -> None:
        self._build = build
        self._marks: dict[str, Any] = {name: _FIRST_NUMBER + n for n, name in enumerate(integers.split())}
        self._marks |= {name: f"\x01{name}\x01" for name in texts.split()}
        self._compiled: dict[str, _Compiled] = {}

    def first(self, **values: Any) -> Row | None:
        """Return the first row, None where there is none. A query that locks is called within a transaction."""
        compiled = self._compiled.get(connection.vendor) or self._compile()
        filled = [
            fixed if name is None else integer(values[name]) if isinstance(fixed, int) else str(values[name])
            for name, fixed in compiled.parameters
        ]
        with keeping_cursor() as cursor:
            cursor.execute(compiled.sql, filled)
            row = cursor.fetchone()
        return None if row is None else compiled.instance(row)

    def _compile(self) -> _Compiled:
        rows = self._build(**self._marks)[:1]
        compiler = rows.query.get_compiler(using=connection.alias)
        sql, parameters = compiler.as_sql()
        names = {mark: name for name, mark in self._marks.items()}
        told = tuple((names.get(value), value) for value in parameters)
        if {name for name, _ in told} - {None} != self._marks.keys():
            raise TypeError(f"the query does not compare with each of {', '.join(self._marks)}")
        if connection.vendor == POSTGRESQL:
            sql = with_values(sql, [value if name is None else None for name, value in told])
            told = tuple((name, value) for name, value in told if name is not None)
        compiled = _Compiled(
            kept_form(sql),
            told,
            _tuple_maker(compiler)
            if issubclass(rows._iterable_class, ValuesListIterable)
            else _instance_maker(compiler),
        )
        self._compiled[connection.vendor] = compiled
        return compiled


def _converter(compiler: Any) -> Callable[[Any], Any]:
    """Return what makes Python's values of the database's."""
    converters = compiler.get_converters([selected[0] for selected in compiler.select[: compiler.col_count]])
    return lambda row: next(iter(compiler.apply_converters([row], converters)))


def _tuple_maker(compiler: Any) -> Callable[[Any], Any]:
    converted = _converter(compiler)
    return lambda row: tuple(converted(row))


def _instance_maker(compiler: Any) -> Callable[[Any], Any]:
    """Return what makes an instance, with those related to it, of a row: as `django.db.models.query.ModelIterable`."""
    info, alias, converted = compiler.klass_info, connection.alias, _converter(compiler)
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [selected[0].target.attname for selected in compiler.select[start:end]]
    populators = get_related_populators(info, compiler.select, alias)  # type: ignore[call-arg]  # the stubs know Django 6

    def instance(row: Any) -> Any:
        values = converted(row)
        made = info["model"].from_db(alias, names, values[start:end])
        for populator in populators:
            populator.populate(values, made)
        return made

    return instance
