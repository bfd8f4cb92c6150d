"""Reads a request's body before anything looks at the request, and keeps large ones from filling memory and disk."""

import io
import math
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Never

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_IN_MEMORY = 4 * 1024 * 1024
# Where the scope of a request holds its body.
BODY = "sweepdeck.body"
_LENGTHS = (b"content-length", b"transfer-encoding")


class BodyWanted(BaseException):
    """A view begins to read a body that has not been read: nothing in the request's head made it refuse.

    Like what cancels a task, it is no error that a view may answer.
    """


class WholeBody:
    """An ASGI application in front of another one, which gets a body with its length, and of it no more than it takes.

    That is `limit` of the request's scope, and one byte.

    A body that does not fit in memory is read when a view wants it: the application is asked without it first, so that
    whom it refuses for the address or the key has filled no disk, and again with it.

    Of a body that is read, all is, since a client that is cut off in the middle of sending does not see the answer;
    what is beyond the limit is thrown away, and the byte too many tells the views. A body sent in chunks of unknown
    number has a length from here on.
    """

    def __init__(self, application: Application, limit: Callable[[Scope], int]) -> None:
        self._application = application
        self._limit_of = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or not any(name in _LENGTHS for name, _ in scope["headers"]):
            await self._application(scope, receive, send)
            return
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
            body = _Body(content, receive, self._limit_of(scope))
            told = _told_length(scope)
            if told <= _IN_MEMORY:
                await body.read(_IN_MEMORY)
            if body.is_coming:
                if await self._is_answered(_with(scope, _Unread(), max(told, body.size)), receive, send):
                    return
                await body.read()
            if body.is_read:
                content.seek(0)
                await self._application(_with(scope, content, body.size), receive, send)

    async def _is_answered(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Ask the application without the body, and tell whether it has answered."""
        try:
            await self._application(scope, receive, send)
        except BodyWanted:
            return False
        return True


class _Body:
    """The body of a request as it comes; of what is beyond `limit`, one byte is kept."""

    def __init__(self, content: IO[bytes], receive: Receive, limit: int) -> None:
        self._content, self._receive, self._limit = content, receive, limit
        self.size = 0
        self.is_read = self.is_cut_off = False

    @property
    def is_coming(self) -> bool:
        """Whether there is more to be read."""
        return not self.is_read and not self.is_cut_off

    async def read(self, enough: float = math.inf) -> None:
        """Read to the end, or until more than `enough` bytes are there; the client may go meanwhile."""
        while self.is_coming and self.size <= enough:
            message = await self._receive()
            self.is_cut_off = message["type"] == "http.disconnect"
            self.size += self._content.write(message.get("body", b"")[: self._limit + 1 - self.size])
            self.is_read = not self.is_cut_off and not message.get("more_body", False)


class _Unread(io.RawIOBase):
    """Stands for a body that has not been read."""

    def read(self, *_: Any) -> Never:
        raise BodyWanted

    readline = read

    def seek(self, *_: Any) -> int:
        return 0


def _with(scope: Scope, body: Any, size: int) -> Scope:
    """Return the scope of a request with a body of that size."""
    headers = [(name, value) for name, value in scope["headers"] if name not in _LENGTHS]
    return {**scope, "headers": [*headers, (b"content-length", str(size).encode())], BODY: body}


def _told_length(scope: Scope) -> int:
    """Return how long the request says that its body is, 0 where it does not."""
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() else 0


def with_body(application: Callable[[dict[str, Any], Any], Any]) -> Callable[[dict[str, Any], Any], Any]:
    """Return a WSGI application that reads the body which `WholeBody` has read for it."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["asgi.scope"].get(BODY)
        if body is not None:
            environ["wsgi.input"] = body
        return application(environ, start_response)

    return wrapped
