"""Errors of the protocol itself; parsers may raise them, so that this file imports no views."""

from rest_framework import status
from rest_framework.exceptions import APIException

from sweeps_app.errors import DISK_FULL


class BodyTooLarge(APIException):
    """The body has more bytes than the server takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body has more than {limit:,} bytes: send it in smaller parts, such as fewer rows.")


class FileTooLarge(APIException):
    """The file has more bytes than the server keeps."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"

    def __init__(self, limit: int, setting: str) -> None:
        super().__init__(f"The file has more than {limit:,} bytes: the server's {setting} limits it.")


class Busy(APIException):
    """The database did not answer in time: the same request may succeed later."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"
    default_detail = "The database is busy: send the request again."
    wait = 1


class DiskFull(APIException):
    """The database has no room: the same request succeeds once somebody has made some."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "disk_full"
    default_detail = DISK_FULL
    wait = 5
