"""The door from ASGI to Django's synchronous views.

A turn from a view's thread to the event loop and back takes most of a millisecond under load. An ordinary answer, which
is there as a whole, takes one; a2wsgi, whose environment of a request is used here, takes four.
"""

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from a2wsgi.wsgi import Body, build_environ

from sweeps_app.config.events import Events, Stream, stream_of
from sweeps_app.config.leaving import when_told_to_end
from sweeps_app.config.waiting import Wait, Watcher, wait_of
from sweeps_app.config.whole_body import BODY


class Door:
    """An ASGI application in front of a WSGI one, which runs in threads that stay.

    Answers that are to wait are held back here, and given when `watcher` has news or their time is over; in place of
    those that ask for it, `events` are sent.
    """

    def __init__(self, app: Any, *, workers: int, watcher: Watcher, events: Events) -> None:
        self._app = app
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="WSGI")
        self.watcher = watcher
        self.events = events
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one connection."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
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
        await answer.give(send)

    async def call(self, function: Callable[[], object]) -> None:
        """Call a function in one of the threads of the views."""
        await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def close_soon(self) -> None:
        """Let everybody go who waits or listens, since the process ends; from any thread or signal handler."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.watcher.close)
            self._loop.call_soon_threadsafe(self.events.close)

    def _look_to_the_end(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            when_told_to_end(self.close_soon)

    async def _stream(self, answer: "_Answer", stream: Stream, receive: Any, send: Any) -> None:
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

    async def _answer(self, scope: Any, receive: Any, send: Any) -> "_Answer":
        loop = asyncio.get_running_loop()

        def send_now(message: Any) -> None:
            asyncio.run_coroutine_threadsafe(send(message), loop).result()

        call = _Call(self._app, build_environ(scope, Body(loop, receive)), send_now)
        return await loop.run_in_executor(self._executor, contextvars.copy_context().run, call)

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


@dataclass(frozen=True)
class _Answer:
    """What the application has said: all of it, or a head whose `body` is None since it has been sent already.

    It is held back where the view asks to `wait`, or for a `stream`.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes | None
    wait: Wait | None
    stream: Stream | None

    @property
    def is_held(self) -> bool:
        """Whether the answer is not sent at once."""
        return self.wait is not None or self.stream is not None

    def head_of_stream(self) -> Any:
        """Return the head of the view's answer, which is without content, as that of a stream."""
        headers = [header for header in self.headers if header[0] != b"content-length"]
        return {"type": "http.response.start", "status": 200, "headers": headers}

    async def give(self, send: Any) -> None:
        """Send what has not been sent."""
        if self.body is not None:
            await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
            await send({"type": "http.response.body", "body": self.body})


class _Call:
    """One call of the application, in a thread, where a stream's database connection has to stay."""

    def __init__(self, app: Any, environ: Any, send: Callable[[Any], None]) -> None:
        self._app, self._environ, self._send = app, environ, send
        self._status, self._headers = 500, list[tuple[bytes, bytes]]()

    def __call__(self) -> _Answer:
        """Return the answer, of which a body that comes in parts is sent as it is made."""
        parts = self._app(self._environ, self._start)
        try:
            body = None if getattr(parts, "streaming", True) else b"".join(parts)
            if body is None:
                self._send({"type": "http.response.start", "status": self._status, "headers": self._headers})
                for part in parts:
                    self._send({"type": "http.response.body", "body": part, "more_body": True})
                self._send({"type": "http.response.body", "body": b""})
        finally:
            getattr(parts, "close", lambda: None)()
        return _Answer(self._status, self._headers, body, wait_of(self._environ), stream_of(self._environ))

    def _start(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        self._status = int(status.partition(" ")[0])
        self._headers = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]


async def _disconnected(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
