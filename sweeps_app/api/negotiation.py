"""JSON in, JSON out; whoever speaks something else is told what to send."""

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import NotAcceptable, UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_ANY = "*/*"


class JsonNegotiation(DefaultContentNegotiation):
    """The framework's own choice, with errors that name the header to send."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """Return the parser of the body; raises `UnsupportedMediaType`."""
        parser: BaseParser | None = super().select_parser(request, parsers)
        if parser is None:
            given = request.content_type[:100]
            message = f"The body is said to be '{given}': send JSON with the header `Content-Type: application/json`."
            raise UnsupportedMediaType(given, message)
        return parser

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer of the answer and its media type; raises `NotAcceptable`."""
        first, *others = renderers = list(renderers)
        if not others and request.META.get("HTTP_ACCEPT", _ANY) in (_ANY, first.media_type):
            return first, str(first.media_type)  # what nearly everybody asks for
        try:
            chosen: tuple[Any, str] = super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            raise NotAcceptable("Answers are JSON: send `Accept: application/json`, or no such header.") from None
        return chosen


class FileNegotiation(JsonNegotiation):
    """For files, whose form the address tells: whatever `Accept` says, errors are JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer of errors."""
        first = next(iter(renderers))
        return first, str(first.media_type)
