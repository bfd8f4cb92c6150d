"""Server-sent events by which open pages learn that there is news: they cost neither a thread nor a query each.

A view leaves a `Stream` in the request's environment, and the door sends its events in place of the view's answer. One
task of the process looks at what all streams are about. An event carries no more than a mark, which differs when there
is something new: the page compares it with the one that it knows and asks for its content as ever, so that nothing is
missed between two streams, and a stream shows nobody what they may not see.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

# What a stream is about: a topic, and which one of it.
Subject = tuple[str, int | str]
# The mark of each subject, none of what is gone.
Look = Callable[[Sequence[Subject]], Mapping[Subject, str]]

LOOK_SECONDS = 0.25
BEAT_SECONDS = 15.0
# Whether the viewers are still signed in is looked at once in so many looks.
GUARD_LOOKS = 20
_ENVIRON = "sweepdeck.stream"
# Browsers come back after about so long; not all of them in one moment.
_RETRY_MILLISECONDS = (500, 1500)
_BEAT = b"event: beat\ndata:\n\n"


@dataclass(frozen=True)
class Stream:
    """Events about `subjects` for at most `seconds`, and no longer than `guard`, the viewer's session, is there."""

    subjects: tuple[Subject, ...]
    guard: Subject
    seconds: float


def ask_to_stream(environ: dict[str, Any], stream: Stream) -> None:
    """Ask whoever serves the request of this WSGI environment to send events in place of its answer."""
    environ[_ENVIRON] = stream


def stream_of(environ: Mapping[str, Any]) -> Stream | None:
    """Return the events that the request of a WSGI environment is to be answered with, None for an ordinary answer."""
    stream: Stream | None = environ.get(_ENVIRON)
    return stream


class _Listener:
    """A stream that is open, and the newest mark, which its client may not have yet."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.mark: str | None = None
        self.has_ended = False
        self.woken = asyncio.Event()

    def take_in(self, found: Mapping[Subject, str], *, with_guard: bool) -> None:
        """Compare what is known with what was found."""
        mark = ",".join(found.get(subject, "") for subject in self.stream.subjects)
        if mark != self.mark:
            self.mark = mark
            self.woken.set()
        if with_guard and self.stream.guard not in found:
            self.end()

    def end(self) -> None:
        """Let the stream end."""
        self.has_ended = True
        self.woken.set()


class Events:
    """The streams of this process: at most `limit`, and `limit_each` of one session."""

    def __init__(self, look: Look, *, limit: int, limit_each: int) -> None:
        self._look = look
        self._limit, self._limit_each = limit, limit_each
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="events")
        self._listeners: set[_Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    def has_room(self, stream: Stream) -> bool:
        """Tell whether one more stream may be opened; who is refused looks by itself now and then."""
        if self._is_closed or len(self._listeners) >= self._limit:
            return False
        return sum(each.stream.guard == stream.guard for each in self._listeners) < self._limit_each

    async def serve(self, stream: Stream, send: Callable[[bytes], Any]) -> None:
        """Send events as they come, the first one at once, until the stream's time is over or the process ends."""
        listener = _Listener(stream)
        self._listeners.add(listener)
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        try:
            async with asyncio.timeout(stream.seconds):
                await send(b"retry: %d\n\n" % random.randint(*_RETRY_MILLISECONDS))  # noqa: S311 (spreads returns)
                while part := await self._next(listener):
                    await send(part)
        except TimeoutError:
            return
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Let all streams end, since the process does."""
        self._is_closed = True
        for listener in self._listeners:
            listener.end()

    async def _next(self, listener: _Listener) -> bytes:
        """Return the next event, nothing at the end."""
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await listener.woken.wait()
        except TimeoutError:
            return _BEAT
        listener.woken.clear()
        return b"" if listener.has_ended else f"event: mark\ndata: {listener.mark}\n\n".encode()

    async def _work(self) -> None:
        """Look while anybody listens."""
        loop, turn, is_well = asyncio.get_running_loop(), 0, True
        while self._listeners:
            turn += 1
            with_guard = turn % GUARD_LOOKS == 0
            listeners = list(self._listeners)
            try:
                subjects = _subjects_of(listeners, with_guard=with_guard)
                found = await loop.run_in_executor(self._executor, self._look, subjects)
            except Exception:
                if is_well:
                    log.exception("looking for news of pages has failed; trying again")
                is_well = False
            else:
                is_well = True
                for listener in listeners:
                    listener.take_in(found, with_guard=with_guard)
            await asyncio.sleep(LOOK_SECONDS)
        self._task = None


def _subjects_of(listeners: Sequence[_Listener], *, with_guard: bool) -> list[Subject]:
    subjects = {subject for listener in listeners for subject in listener.stream.subjects}
    if with_guard:
        subjects |= {listener.stream.guard for listener in listeners}
    return list(subjects)
