"""Requests whose answer waits for news: they cost neither a thread nor a query each while they wait.

A view that has nothing to tell yet leaves a `Wait` in the request's environment. The door then holds its answer back;
one task of the process looks, for all that wait at once, whether there is news, and then the request is answered anew.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

log = logging.getLogger(__name__)

Topic = Literal["run", "sweep"]
Subject = tuple[Topic, int]
# What is known of each subject: a number that has grown when there is news.
Look = Callable[[list[Subject]], Mapping[Subject, int]]

LOOK_SECONDS = 0.2
_ENVIRON = "sweepdeck.wait"


@dataclass(frozen=True)
class Wait:
    """What a request waits for: that `key` of `topic` is no longer at `since`."""

    topic: Topic
    key: int
    since: int
    seconds: float


def ask_to_wait(environ: dict[str, Any], wait: Wait) -> None:
    """Ask whoever serves the request of this WSGI environment to wait before it sends the answer."""
    environ[_ENVIRON] = wait


def wait_of(environ: Mapping[str, Any]) -> Wait | None:
    """Return what the request of a WSGI environment is to wait for, None where it is not."""
    wait: Wait | None = environ.get(_ENVIRON)
    return wait


@dataclass
class _Waiting:
    """Those that wait for one subject, from which number on, the first one first, and what was last known of it."""

    known: int
    requests: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)


class Watcher:
    """Looks for news on behalf of all requests of this process that wait."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="watcher")
        self._subjects: dict[Subject, _Waiting] = {}
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    async def wait(self, wait: Wait) -> bool:
        """Wait, and tell whether there is news; a watcher that is closed has none."""
        if self._is_closed:
            return False
        subject = wait.topic, wait.key
        waiting = self._subjects.setdefault(subject, _Waiting(wait.since))
        if waiting.known > wait.since:
            return True
        request = wait.since, asyncio.get_running_loop().create_future()
        waiting.requests.append(request)
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        try:
            async with asyncio.timeout(wait.seconds):
                await request[1]
        except TimeoutError:
            return False
        finally:
            if request in waiting.requests:
                waiting.requests.remove(request)
            if not waiting.requests and self._subjects.get(subject) is waiting:
                del self._subjects[subject]
        return not self._is_closed

    def close(self) -> None:
        """Let everybody go, since the process ends."""
        self._is_closed = True
        for waiting in self._subjects.values():
            _wake(waiting, waiting.requests)

    async def _work(self) -> None:
        """Look until nobody waits any more."""
        loop = asyncio.get_running_loop()
        while self._subjects:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                found = await loop.run_in_executor(self._executor, self._look, list(self._subjects))
            except Exception:
                log.exception("looking for news has failed; trying again")
                continue
            for subject, number in found.items():
                self._take_in(subject, number)
        self._task = None

    def _take_in(self, subject: Subject, number: int) -> None:
        """Wake as many as there is news for."""
        waiting = self._subjects.get(subject)
        if waiting is not None and number > waiting.known:
            news, waiting.known = number - waiting.known, number
            _wake(waiting, [request for request in waiting.requests if request[0] < number][:news])


def _wake(waiting: _Waiting, woken: list[tuple[int, asyncio.Future[None]]]) -> None:
    for _, request in woken:
        if not request.done():
            request.set_result(None)
    waiting.requests = [request for request in waiting.requests if not request[1].done()]
