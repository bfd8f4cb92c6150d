"""The schema with its resolvers. Importing this takes some 20 MB: it is done with the first request of a client."""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, build_schema

from sweeps_app.wandb_api.binding import RESOLVERS, Resolver

_FOLDER = Path(__file__).parent
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


@cache
def schema() -> GraphQLSchema:
    """Return the schema that clients query and introspect."""
    for module in sorted((_FOLDER / "resolvers").glob("[a-z]*.py")):
        import_module(f"sweeps_app.wandb_api.resolvers.{module.stem}")
    built = build_schema("\n".join(part.read_text() for part in sorted((_FOLDER / "schema").glob("*.graphql"))))
    for (kind, name), resolver in RESOLVERS.items():
        found = built.type_map[kind]
        if not isinstance(found, GraphQLObjectType):
            raise TypeError(f"{kind} has no fields to resolve")
        found.fields[name].resolve = _adapted(resolver)
    return built


def _adapted(resolver: Resolver) -> Callable[..., Any]:
    def resolve(parent: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        return resolver(parent, info.context, **{_snake(name): value for name, value in arguments.items()})

    return resolve


@cache
def _snake(name: str) -> str:
    return _CAPITAL.sub(r"_\1", name).lower()
