"""Keeps large request bodies from filling the disk."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Scope = dict[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyLimit:
    """An ASGI application in front of another one, which gets at most `limit` + 1 bytes of a body.

    Django stores a body before it looks at who sent it. What is beyond the limit is read and thrown away here, since
    a client that is cut off in the middle of sending does not see the answer; the byte too many tells the views.
    """

    def __init__(self, application: Application, limit: int) -> None:
        self._application = application
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        left = self._limit + 1

        async def receive_bounded() -> Message:
            nonlocal left
            message = await receive()
            if message["type"] == "http.request":
                message["body"] = message.get("body", b"")[:left]
                left -= len(message["body"])
            return message

        await self._application(scope, receive_bounded, send)
