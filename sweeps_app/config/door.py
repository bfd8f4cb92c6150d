"""The door from ASGI to Django's synchronous views: a2wsgi's, with fewer turns between its threads.

Each turn from a view's thread to the event loop and back takes most of a millisecond, and an ordinary answer needs
three, one more for its body: a fifth of what an agent that asks for work waits for.
"""

from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import WSGIResponder

# The start, the body and the end of an ordinary answer; what comes after them waits for the client to take it.
_UNAWAITED = 3


class Door(WSGIMiddleware):
    """An ASGI application in front of a WSGI one, which runs in threads that stay."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        await _Responder(self.app, self.executor, self.send_queue_size)(scope, receive, send)


class _Responder(WSGIResponder):
    """One answer."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._sent = 0

    def send(self, message: Any) -> None:
        """Hand a part of the answer to the event loop, the first ones without waiting until it has them."""
        self._sent += 1
        if self._sent > _UNAWAITED:
            super().send(message)
        else:
            self.loop.call_soon_threadsafe(self.send_queue.put_nowait, message)
