"""What is wrong with a query, and where in its text."""

from dataclasses import dataclass
from typing import Literal

# What could stand at a place: the begin of a test, what follows a name, a value, what joins tests.
Expected = Literal["test", "operator", "value", "list", "null", "join", ""]


@dataclass
class QueryError(ValueError):
    """The text is no query: `start` to `end` (counted from 0) is what the message is about.

    `expected` tells what could stand at `start` instead; for a value `subject` is the name that it is compared with.
    """

    message: str
    start: int
    end: int
    expected: Expected = ""
    subject: str = ""

    def __str__(self) -> str:
        return f"column {self.start + 1}: {self.message}"
