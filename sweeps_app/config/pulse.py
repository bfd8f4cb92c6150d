"""Something that is done every few seconds while the server answers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0


class Pulse:
    """An ASGI application in front of another one: `beat` is awaited every few seconds, from the server's start on.

    A server that tells nothing of its start has the first request for it.
    """

    def __init__(
        self, application: Any, beat: Callable[[], Awaitable[object]], *, seconds: float = BEAT_SECONDS
    ) -> None:
        self._application, self._beat, self._seconds = application, beat, seconds
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one connection, or the server's start and end."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        if scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await self._application(scope, receive, send)

    async def _work(self) -> None:
        is_well = True
        while True:
            try:
                await self._beat()
                is_well = True
            except Exception:
                if is_well:
                    log.exception("the server cannot note that it is there; trying again")
                is_well = False
            await asyncio.sleep(self._seconds)


async def _live(receive: Any, send: Any) -> None:
    """Agree to the start and the end of the server."""
    told = ""
    while told != "lifespan.shutdown":
        told = (await receive())["type"]
        await send({"type": f"{told}.complete"})
