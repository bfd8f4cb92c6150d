"""What a request asks for that the schema does not have."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode

_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
_ARGUMENT = re.compile(r"Unknown argument '(\w+)' on field '([\w.]+)'")
_TYPE = re.compile(r"Unknown type '(\w+)'")
_INPUT = re.compile(r"type '(\w+)' not to include unknown field '(\w+)'|Field '(\w+)' is not defined by type '(\w+)'")


class Unserved(NamedTuple):
    """Something that is missing: its place in the schema, who asks for it, and what the client is told."""

    subject: str
    operation: str
    message: str


def unserved_of(document: DocumentNode, errors: Sequence[GraphQLError]) -> tuple[Unserved, ...]:
    """Return what is missing, each thing once; other mistakes are the client's."""
    names = [
        node.name.value for node in document.definitions if isinstance(node, OperationDefinitionNode) and node.name
    ]
    operation = names[0] if names else ""
    found = {subject: error.message for error in errors if (subject := _subject(error.message))}
    return tuple(Unserved(subject, operation, message) for subject, message in found.items())


def _subject(message: str) -> str:
    if found := _FIELD.search(message):
        return f"{found[2]}.{found[1]}"
    if found := _ARGUMENT.search(message):
        return f"{found[2]}({found[1]})"
    if found := _INPUT.search(message):
        return f"{found[1] or found[4]}.{found[2] or found[3]}"
    if found := _TYPE.search(message):
        return found[1]
    return ""
