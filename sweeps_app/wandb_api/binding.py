"""Resolvers by type and field. They are plain functions: `(parent, context, **arguments)`, arguments in snake case."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Resolver = Callable[..., Any]
Bound = TypeVar("Bound", bound=Resolver)

RESOLVERS: dict[tuple[str, str], Resolver] = {}


def resolves(kind: str, *fields: str) -> Callable[[Bound], Bound]:
    """Let the decorated function give the value of `fields` of a type of the schema."""

    def bind(resolver: Bound) -> Bound:
        for name in fields:
            RESOLVERS[kind, name] = resolver
        return resolver

    return bind


def resolves_each(kind: str, values: Mapping[str, Callable[[Any], Any]]) -> None:
    """Let functions of the parent alone give the values of fields of a type of the schema."""
    for name, value in values.items():
        RESOLVERS[kind, name] = _of_parent(value)


def _of_parent(value: Callable[[Any], Any]) -> Resolver:
    def resolver(parent: Any, _: Any, **__: Any) -> Any:
        return value(parent)

    return resolver
