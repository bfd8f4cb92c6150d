"""The errors that services raise; each door translates them to its own protocol."""

from collections.abc import Sequence
from dataclasses import dataclass

DISK_FULL = "The disk of the server's database is full: nothing can be stored until its operator has made room."


@dataclass(frozen=True)
class FieldProblem:
    """One thing that is wrong with a request: the dotted path of the field, what to do, and a stable code."""

    field: str
    message: str
    code: str = "invalid"


def disk_is_full(error: Exception) -> bool:
    """Tell whether a database has refused to write since its disk is full."""
    return any(words in str(error) for words in ("disk is full", "No space left on device"))


class SweepdeckError(Exception):
    """Base of all errors that a caller can act on."""

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(SweepdeckError):
    """The request is wrong; `problems` names every field at once."""

    code = "invalid"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in problems))
        self.problems = tuple(problems)

    @classmethod
    def of(cls, field: str, message: str, code: str = "invalid") -> "InvalidInput":
        """Return the error for a single field."""
        return cls([FieldProblem(field, message, code)])


class NotFound(SweepdeckError):
    """The thing does not exist, or the caller may not see it."""

    code = "not_found"


class Forbidden(SweepdeckError):
    """The caller sees the thing but may not do this."""

    code = "permission_denied"


class Conflict(SweepdeckError):
    """The state of the thing does not allow this."""

    code = "conflict"


class StorageFailed(SweepdeckError):
    """The storage of files does not answer as it should: the same request may succeed later."""

    code = "storage_failed"


class OffsetGap(Conflict):
    """Rows before `offset` have not arrived; the client sends again from `expected`."""

    code = "offset_gap"

    def __init__(self, offset: int, expected: int) -> None:
        super().__init__(f"offset {offset} leaves a gap: send again from offset {expected}")
        self.expected = expected


class StaleAttempt(Conflict):
    """The run has been given to somebody else since this attempt: what still comes from it is refused."""

    code = "stale_attempt"

    def __init__(self, attempt: int, current: int) -> None:
        super().__init__(f"attempt {attempt} is over: the run is at attempt {current}, made by another agent")
