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
_CHUNK = 1024 * 1024
_LENGTHS = (b"content-length", b"transfer-encoding")


class WholeBody:
    """An ASGI application in front of another one, which gets at most `limit` + 1 bytes of a body, and its length.

    All of a body is read, since a client that is cut off in the middle of sending does not see the answer; what is
    beyond the limit is thrown away, and the byte too many tells the views. A body sent in chunks of unknown number has
    a length from here on.
    """

    def __init__(self, application: Application, limit: int) -> None:
        self._application = application
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or not any(name in _LENGTHS for name, _ in scope["headers"]):
            await self._application(scope, receive, send)
            return
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            size = await self._read(body, receive)
            if size is None:
                return
            headers = [(name, value) for name, value in scope["headers"] if name not in _LENGTHS]
            with_length = {**scope, "headers": [*headers, (b"content-length", str(size).encode())]}
            await self._application(with_length, _replayed(body, size, receive), send)

    async def _read(self, body: IO[bytes], receive: Receive) -> int | None:
        """Copy a body, and return how many bytes were kept; None where the client has gone."""
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            size += body.write(message.get("body", b"")[: self._limit + 1 - size])
            if not message.get("more_body", False):
                return size


def _replayed(body: IO[bytes], size: int, receive: Receive) -> Receive:
    """Return a receiver of the body, and after its end of what else comes."""
    body.seek(0)
    is_over = False

    async def replay() -> Message:
        nonlocal is_over
        if is_over:
            return await receive()
        piece = body.read(_CHUNK)
        is_over = body.tell() >= size
        return {"type": "http.request", "body": piece, "more_body": not is_over}

    return replay
