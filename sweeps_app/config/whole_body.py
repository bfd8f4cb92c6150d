"""Reads a request's body before anything looks at the request, and keeps large ones from filling memory and disk."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_IN_MEMORY = 4 * 1024 * 1024
# Where the scope of a request holds its body.
BODY = "sweepdeck.body"
_LENGTHS = (b"content-length", b"transfer-encoding")


class WholeBody:
    """An ASGI application in front of another one, which gets a body with its length, and of it no more than it takes.

    That is `limit` of the request's scope, and one byte.

    All of a body is read, since a client that is cut off in the middle of sending does not see the answer; what is
    beyond the limit is thrown away, and the byte too many tells the views. A body sent in chunks of unknown number has
    a length from here on.
    """

    def __init__(self, application: Application, limit: Callable[[Scope], int]) -> None:
        self._application = application
        self._limit_of = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or not any(name in _LENGTHS for name, _ in scope["headers"]):
            await self._application(scope, receive, send)
            return
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            size = await self._read(body, receive, self._limit_of(scope))
            if size is None:
                return
            headers = [(name, value) for name, value in scope["headers"] if name not in _LENGTHS]
            headers.append((b"content-length", str(size).encode()))
            body.seek(0)
            await self._application({**scope, "headers": headers, BODY: body}, receive, send)

    async def _read(self, body: IO[bytes], receive: Receive, limit: int) -> int | None:
        """Copy a body, and return how many bytes were kept; None where the client has gone."""
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            size += body.write(message.get("body", b"")[: limit + 1 - size])
            if not message.get("more_body", False):
                return size


def with_body(application: Callable[[dict[str, Any], Any], Any]) -> Callable[[dict[str, Any], Any], Any]:
    """Return a WSGI application that reads the body which `WholeBody` has read for it."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["asgi.scope"].get(BODY)
        if body is not None:
            environ["wsgi.input"] = body
        return application(environ, start_response)

    return wrapped
