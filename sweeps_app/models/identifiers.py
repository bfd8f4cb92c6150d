"""Identifiers that people read and type, and the names that are refused."""

import re
import secrets
import string

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

_ALPHABET = string.ascii_lowercase + string.digits

# First path components that belong to the server: an entity may not shadow them.
RESERVED_NAMES = frozenset(
    {
        "admin",
        "api",
        "authorize",
        "authorized",
        "favicon.ico",
        "files",
        "graphql",
        "healthz",
        "home",
        "login",
        "logout",
        "metrics",
    }
    | {"new", "runs", "settings", "share", "static", "sweeps", "welcome"}
)

entity_name_pattern = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z",
    "Use 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.",
)
project_name_pattern = RegexValidator(
    r"^(?!\.{1,2}\Z)[^/\\#?%:\x00-\x1f\ud800-\udfff]{1,128}\Z",
    "Use 1 to 128 characters, none of them a slash, backslash, #, ?, colon, percent sign or control character.",
)
run_id_pattern = RegexValidator(r"^[A-Za-z0-9_-]{1,64}\Z", "Use 1 to 64 letters, digits, '-' or '_'.")
agent_id_pattern = RegexValidator(r"^[a-z0-9]{8,32}\Z", "Use 8 to 32 lower-case letters or digits.")
job_id_pattern = RegexValidator(r"^[a-z0-9]{8}\Z", "Use 8 lower-case letters or digits.")
program_name_pattern = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z",
    "Use 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.",
)
queue_name_pattern = RegexValidator(
    r"^(?!default\Z)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z",
    "Use 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit; 'default' is the server's own.",
)
variable_name_pattern = RegexValidator(
    r"^[A-Za-z_][A-Za-z0-9_]{0,127}\Z", "Use 1 to 128 letters, digits or '_', not beginning with a digit."
)


def new_id() -> str:
    """Return 8 random lower-case letters and digits (41 bits); a unique constraint catches the rare repeat."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def validate_entity_name(name: str) -> None:
    """Raise `ValidationError` unless `name` can be the first component of a page's address."""
    entity_name_pattern(name)
    if name.lower() in RESERVED_NAMES:
        raise ValidationError(f"'{name}' is reserved. Choose another name.", code="reserved")


def is_storable_text(text: str) -> bool:
    """Tell whether every database can hold `text`: no NUL, no lone surrogate."""
    return re.search("[\x00\ud800-\udfff]", text) is None
