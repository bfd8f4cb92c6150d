"""Answer one request of GraphQL."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db import OperationalError
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.language import Visitor
from graphql.validation import MaxIntrospectionDepthRule, NoUnusedFragmentsRule, NoUnusedVariablesRule

from sweeps_app.errors import SweepdeckError
from sweeps_app.services.unserved import unserved_note
from sweeps_app.wandb_api.answers import BUSY, message_of, status_of
from sweeps_app.wandb_api.artifacts import SUBJECT as ARTIFACT
from sweeps_app.wandb_api.artifacts import artifact_refused
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.graph import schema
from sweeps_app.wandb_api.unserved import Unserved, unserved_of

log = logging.getLogger(__name__)

# Documents are kept once they were read; what is large is in their variables.
MAX_CHARACTERS = 100_000
MAX_TOKENS = 5_000
MAX_DEPTH = 20
# Clients send variables that an operation no longer uses, and fragments that it might.
_RULES = [rule for rule in specified_rules if rule not in (NoUnusedFragmentsRule, NoUnusedVariablesRule)]


@dataclass(frozen=True)
class Result:
    """The body of the answer, and its status."""

    body: dict[str, Any]
    status: int = 200


@dataclass(frozen=True)
class _Read:
    """A document that was read: `errors` tell what is wrong with it."""

    document: DocumentNode | None
    errors: Sequence[GraphQLError]
    names: frozenset[str] = frozenset()
    unserved: tuple[Unserved, ...] = ()


def execute(query: str, variables: dict[str, Any] | None, operation: str | None, context: Context) -> Result:
    """Answer a request; `operation` may be empty, as clients in Python send it."""
    if len(query) > MAX_CHARACTERS:
        return Result({"errors": [{"message": f"The document has more than {MAX_CHARACTERS:,} characters."}]}, 400)
    read = _read(query)
    for item in read.unserved:
        unserved_note(**item._asdict(), client=context.client)
        if item.subject == ARTIFACT:
            artifact_refused(context, variables)
    if read.document is None or read.errors:
        return Result({"errors": [error.formatted for error in read.errors]}, 400)
    result = execute_sync(
        schema(),
        read.document,
        context_value=replace(context, names=read.names),
        variable_values=variables,
        operation_name=operation or None,
    )
    body: dict[str, Any] = {"data": result.data}
    if not result.errors:
        return Result(body)
    body["errors"] = [_shown(error) for error in result.errors]
    return Result(body, _status(read.document, operation, result.data, result.errors))


@lru_cache(maxsize=256)
def _read(query: str) -> _Read:
    """Read a document; clients send the same few again and again."""
    try:
        document = parse(query, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return _Read(None, [error])
    except RecursionError:
        return _Read(None, [GraphQLError("The document is nested too deeply.")])
    collected = _Names()
    visit(document, collected)
    if collected.deepest > MAX_DEPTH:
        return _Read(None, [GraphQLError(f"The document is nested deeper than {MAX_DEPTH} levels.")])
    errors = validate(schema(), document, [*_RULES, MaxIntrospectionDepthRule])
    return _Read(document, errors, frozenset(collected.names), unserved_of(document, errors))


class _Names(Visitor):
    """Collects the fields of a document, and how deep they lie."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.deepest = self._depth = 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Go into a field."""
        self.names.add(node.name.value)
        self._depth += 1
        self.deepest = max(self.deepest, self._depth)

    def leave_field(self, *_: Any) -> None:
        """Come out of a field."""
        self._depth -= 1


def _shown(error: GraphQLError) -> dict[str, Any]:
    """Return an error as the client reads it; what is no fault of its own is told without the details."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return dict(error.formatted)
    if not isinstance(cause, SweepdeckError | OperationalError):
        log.error("a field of GraphQL could not be resolved", exc_info=cause)
    return {"message": message_of(cause), "path": error.path}


def _status(document: DocumentNode, operation: str | None, data: Any, errors: Sequence[GraphQLError]) -> int:
    """Return 200 for a query that has a part of its answer; a mutation, or nothing at all, has failed."""
    asked = get_operation_ast(document, operation or None)
    status = max(status_of(error.original_error or error) for error in errors)
    is_mutation = isinstance(asked, OperationDefinitionNode) and asked.operation is OperationType.MUTATION
    return status if is_mutation or data is None or status == BUSY else 200
