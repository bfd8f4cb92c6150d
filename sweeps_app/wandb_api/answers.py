"""Answers and refusals as the client reads them: it shows the first message of `errors`, whatever the address."""

from typing import Any

from django.db import OperationalError
from django.http import JsonResponse

from sweeps_app.errors import (
    DISK_FULL,
    Forbidden,
    NotFound,
    StaleAttempt,
    StorageFailed,
    SweepdeckError,
    disk_is_full,
)

# The client tries all of 5xx and 429 again for minutes or days, and a 409 when it starts a run; a 400 it believes.
BUSY = 503
_STATUS: tuple[tuple[type[SweepdeckError], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (StaleAttempt, 409),
    (StorageFailed, BUSY),
)
_BUSY_MESSAGE = "The database is busy: the same request may succeed later."


def refusal(message: str, status: int) -> JsonResponse:
    """Return an answer that says what is wrong."""
    return JsonResponse({"errors": [{"message": message}], "error": message}, status=status)


def refused(error: Exception) -> JsonResponse:
    """Return the answer to a request that a service, or a busy database, has refused."""
    return refusal(message_of(error), status_of(error))


def status_of(error: Exception) -> int:
    """Return the status that makes the client give up, or try again, as is right for an error."""
    if isinstance(error, OperationalError):
        return BUSY
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def message_of(error: Exception) -> str:
    """Return what the user is told of an error."""
    if isinstance(error, SweepdeckError):
        return error.message.encode("utf-8", "replace").decode()
    if isinstance(error, OperationalError):
        return DISK_FULL if disk_is_full(error) else _BUSY_MESSAGE
    return "The server has failed; its log says how."


def answer(value: Any, status: int = 200) -> JsonResponse:
    """Return a value as JSON."""
    return JsonResponse(value, status=status, json_dumps_params={"separators": (",", ":")}, safe=False)
