"""The errors that the SDK raises."""

from collections.abc import Mapping, Sequence
from typing import Any


class Error(Exception):
    """Base of all errors of the SDK."""


class UsageError(Error):
    """The call is wrong, for instance `log()` before `init()`."""


class CommError(Error):
    """The server cannot be reached, or refused a request."""


class AuthenticationError(CommError):
    """There is no API key, or the server does not accept it."""


class ConnectionProblem(CommError):
    """No usable answer arrived: worth another attempt."""


class ApiError(CommError):
    """The server answered with an error: `status`, and `problems` as (attribute or "", message, code)."""

    def __init__(self, status: int, problems: Sequence[tuple[str, str, str]], body: Mapping[str, Any]) -> None:
        super().__init__("; ".join(_line(problem) for problem in problems) or f"HTTP status {status}")
        self.status = status
        self.problems = tuple(problems)
        self.body = body
        self.retry_after: float | None = None

    @property
    def is_temporary(self) -> bool:
        """Tell whether the same request may succeed later."""
        return self.status in (408, 429) or self.status >= 500

    @property
    def is_refusal(self) -> bool:
        """Tell whether the server will never take this request, though it may take others about the same thing."""
        return self.status in (400, 413, 415, 422)

    def has_code(self, code: str) -> bool:
        """Tell whether one of the problems carries this code."""
        return any(problem[2] == code for problem in self.problems)


def unended(error: object) -> str:
    """Return what an error says, or a reason, without its full stop: more follows."""
    return str(error).rstrip(".")


def _line(problem: tuple[str, str, str]) -> str:
    attribute, message, _ = problem
    return f"{attribute}: {message}" if attribute else message
