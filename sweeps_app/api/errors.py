"""One shape for every error: `{"type", "errors": [{"code", "detail", "attr"}]}`."""

import re
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import Error, ErrorResponse, ExceptionHandlerContext
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from sweeps_app.api.exceptions import Busy, DiskFull
from sweeps_app.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    OffsetGap,
    StorageFailed,
    SweepdeckError,
    disk_is_full,
)

_STATUS: tuple[tuple[type[SweepdeckError], int], ...] = (
    (NotFound, status.HTTP_404_NOT_FOUND),
    (Forbidden, status.HTTP_403_FORBIDDEN),
    (Conflict, status.HTTP_409_CONFLICT),
    (StorageFailed, status.HTTP_503_SERVICE_UNAVAILABLE),
)

MAX_ERRORS = 100
MAX_TEXT = 2_000


class _Translated(APIException):
    """An error of a service, with the status that it has here."""

    def __init__(self, error: SweepdeckError, status_code: int) -> None:
        super().__init__(error.message, error.code)
        self.status_code = status_code


class _Invalid(ValidationError):
    """The problems that a service found; each keeps the path that the service gave it."""

    def __init__(self, error: InvalidInput) -> None:
        super().__init__(error.message)
        self.problems = error.problems


class _Formatter(ExceptionFormatter):
    """Writes problems of services as they are, and what a client needs to go on after an offset gap."""

    def get_errors(self) -> list[Error]:
        """Return what is wrong, one entry a problem."""
        if isinstance(self.exc, _Invalid):
            errors = [Error(p.code, p.message, p.field or None) for p in self.exc.problems]
        else:
            errors = [Error(e.code, e.detail, _bracketed(e.attr)) for e in super().get_errors()]
        return [Error(e.code, _sendable(e.detail), e.attr and _sendable(e.attr)) for e in errors[:MAX_ERRORS]]

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        """Return the body of the answer."""
        body = asdict(error_response)
        if isinstance(self.original_exc, OffsetGap):
            body["expected"] = self.original_exc.expected
        return body


class _Handler(ExceptionHandler):
    """Knows the errors of services, and a database that is too busy."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Return the error that Django REST framework knows for `exc`."""
        if isinstance(exc, InvalidInput):
            return _Invalid(exc)
        if isinstance(exc, SweepdeckError):
            return _Translated(exc, _status_of(exc))
        if isinstance(exc, ObjectDoesNotExist):  # deleted since the request began
            return _Translated(NotFound("it was deleted a moment ago"), status.HTTP_404_NOT_FOUND)
        if isinstance(exc, OperationalError):
            return DiskFull() if disk_is_full(exc) else Busy()
        known: Exception = super().convert_known_exceptions(exc)
        return known

    def format_exception(self, exc: APIException) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = _Formatter(exc, self.context, self.exc).run()
        return body


def _bracketed(attr: str | None) -> str | None:
    """Return the path of a field with places in lists as the services write them: `tags[0]`."""
    return attr and re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", attr)


def _sendable(text: str) -> str:
    """Return a bounded text that UTF-8 holds: names in a message may be the very thing that is wrong."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode()


def _status_of(error: SweepdeckError) -> int:
    return next((code for kind, code in _STATUS if isinstance(error, kind)), status.HTTP_400_BAD_REQUEST)


def exception_handler(exc: Exception, context: ExceptionHandlerContext) -> Response | None:
    """Turn whatever a view raised into an answer."""
    response: Response | None = _Handler(exc, context).run()
    return response
