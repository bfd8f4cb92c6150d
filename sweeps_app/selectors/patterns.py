"""Texts that fit a pattern of SQL's LIKE: `%` is any text, `_` any character."""

import re

from django.db.models import Q

MAX_PATTERN = 500


def like(field: str, pattern: str) -> Q:
    """Return the condition that a field fits a pattern, upper and lower case being different."""
    parts = {"%": ".*", "_": "."}
    expression = "".join(parts.get(character) or re.escape(character) for character in pattern[:MAX_PATTERN])
    return Q(**{f"{field}__regex": f"^{expression}$"})
