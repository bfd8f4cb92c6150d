"""The door from ASGI to Django's synchronous views: a2wsgi's, with fewer turns between its threads.

Each turn from a view's thread to the event loop and back takes most of a millisecond, and an ordinary answer needs
three, one more for its body: a fifth of what an agent that asks for work waits for.
"""

import asyncio
import time
from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import WSGIResponder

from sweeps_app.config.events import Events, Stream, stream_of
from sweeps_app.config.leaving import when_told_to_end
from sweeps_app.config.waiting import Wait, Watcher, wait_of
from sweeps_app.config.whole_body import BODY

# The start, the body and the end of an ordinary answer; what comes after them waits for the client to take it.
_UNAWAITED = 3


class Door(WSGIMiddleware):
    """An ASGI application in front of a WSGI one, which runs in threads that stay.

    Answers that are to wait are held back here, and given when `watcher` has news or their time is over; in place of
    those that ask for it, `events` are sent.
    """

    def __init__(self, app: Any, *, workers: int, watcher: Watcher, events: Events) -> None:
        super().__init__(app, workers=workers)
        self.watcher = watcher
        self.events = events
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        answer = await self._answer(scope, receive, send)
        if answer.is_held:
            self._look_to_the_end()
        if answer.stream is not None:
            await self._stream(answer, answer.stream, receive, send)
            return
        until = None
        while answer.wait is not None:
            now = time.monotonic()
            until = until or now + answer.wait.seconds
            if not await self._news(answer.wait, until - now, receive):
                await answer.give(send)
                return
            if scope.get(BODY) is not None:
                scope[BODY].seek(0)
            answer = await self._answer(scope, receive, send)

    def close_soon(self) -> None:
        """Let everybody go who waits or listens, since the process ends; from any thread or signal handler."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.watcher.close)
            self._loop.call_soon_threadsafe(self.events.close)

    def _look_to_the_end(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            when_told_to_end(self.close_soon)

    async def _stream(self, answer: "_Responder", stream: Stream, receive: Any, send: Any) -> None:
        """Send events until they end or the client goes; where there are too many streams, the view's own answer."""
        if not self.events.has_room(stream):
            await answer.give(send)
            return

        async def send_part(part: bytes) -> None:
            await send({"type": "http.response.body", "body": part, "more_body": True})

        await send(answer.head_of_stream())
        served = asyncio.ensure_future(self.events.serve(stream, send_part))
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait((served, gone), return_when=asyncio.FIRST_COMPLETED)
            if served.done():
                served.result()
                await send({"type": "http.response.body", "body": b""})
        finally:
            served.cancel()
            gone.cancel()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> "_Responder":
        responder = _Responder(self.app, self.executor, self.send_queue_size)
        await responder(scope, receive, responder.held(send))
        return responder

    async def _news(self, wait: Wait, seconds: float, receive: Any) -> bool:
        """Wait for news at most `seconds`, and no longer than the client; tell whether there is any."""
        news = asyncio.ensure_future(self.watcher.wait(Wait(wait.topic, wait.key, wait.since, max(seconds, 0.0))))
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait((news, gone), return_when=asyncio.FIRST_COMPLETED)
            return news.done() and news.result()
        finally:
            news.cancel()
            gone.cancel()


class _Responder(WSGIResponder):
    """One answer, which is held back where the view asks to `wait`, or for a `stream`."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.wait: Wait | None = None
        self.stream: Stream | None = None
        self._environ: Any = None
        self._sent = 0
        self._messages: list[Any] = []

    def wsgi(self, environ: Any, start_response: Any) -> None:
        """Call the application, in a thread."""
        self._environ = environ
        super().wsgi(environ, start_response)

    def start_response(self, *args: Any) -> Any:
        """Take the head of the answer: by now the view has said what it wants in place of an answer at once."""
        self.wait = wait_of(self._environ)
        self.stream = stream_of(self._environ)
        return super().start_response(*args)

    @property
    def is_held(self) -> bool:
        """Whether the answer is not sent at once."""
        return self.wait is not None or self.stream is not None

    def held(self, send: Any) -> Any:
        """Return what takes the messages of this answer: `send`, unless the answer is held back."""

        async def take(message: Any) -> None:
            if self.is_held:
                self._messages.append(message)
            else:
                await send(message)

        return take

    def head_of_stream(self) -> Any:
        """Return the head of the view's answer, which is without content, as that of a stream."""
        headers = [header for header in self._messages[0]["headers"] if header[0] != b"content-length"]
        return {"type": "http.response.start", "status": 200, "headers": headers}

    async def give(self, send: Any) -> None:
        """Send what was held back."""
        for message in self._messages:
            await send(message)

    def send(self, message: Any) -> None:
        """Hand a part of the answer to the event loop, the first ones without waiting until it has them."""
        self._sent += 1
        if self._sent > _UNAWAITED:
            super().send(message)
        else:
            self.loop.call_soon_threadsafe(self.send_queue.put_nowait, message)


async def _disconnected(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
