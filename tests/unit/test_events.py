"""Streams of events: what they say and when, how they end, and that all of them together cost one look."""

import asyncio

import pytest

from sweeps_app.config import events as module
from sweeps_app.config.events import Events, Stream

GUARD = ("session", "key")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)


class _Marks:
    """What is looked at; each look is noted."""

    def __init__(self):
        self.found, self.looks, self.fails = {("project", 1): "7", GUARD: ""}, [], 0

    def __call__(self, subjects):
        self.looks.append(list(subjects))
        if self.fails:
            self.fails -= 1
            raise OSError("the database is away")
        return {subject: self.found[subject] for subject in subjects if subject in self.found}


class _Client:
    """One that listens; `said` is what it has heard."""

    def __init__(self, events, subjects=(("project", 1),), guard=GUARD, seconds=5.0):
        self._news = asyncio.Event()
        self.said = []
        self.task = asyncio.create_task(events.serve(Stream(subjects, guard, seconds), self._hear))

    async def _hear(self, part):
        self.said.append(part.decode())
        self._news.set()

    @property
    def marks(self):
        return [part.partition("data: ")[2].strip() for part in self.said if "event: mark" in part]

    async def hears(self, *marks):
        async with asyncio.timeout(5):
            while self.marks != list(marks):
                self._news.clear()
                await self._news.wait()


def _run(scenario, **limits):
    marks = _Marks()
    return asyncio.run(scenario(marks, Events(marks, **{"limit": 99, "limit_each": 99} | limits)))


def test_the_mark_comes_at_once_and_whenever_it_is_another_one():
    async def scenario(marks, events):
        client = _Client(events)
        await client.hears("7")
        marks.found["project", 1] = "8"
        await client.hears("7", "8")
        del marks.found["project", 1]
        await client.hears("7", "8", "")
        return client.said[0]

    assert _run(scenario).startswith("retry: ")


def test_a_slow_client_gets_the_newest_mark_alone():
    async def scenario(marks, events):
        goes_on, heard = asyncio.Event(), []

        async def hear(part):
            heard.append(part)
            await goes_on.wait()

        task = asyncio.create_task(events.serve(Stream((("project", 1),), GUARD, 5.0), hear))
        for mark in "89":
            marks.found["project", 1] = mark
            looks = len(marks.looks)
            while len(marks.looks) < looks + 2:
                await asyncio.sleep(0)
        goes_on.set()
        while len(heard) < 2:
            await asyncio.sleep(0)
        task.cancel()
        return heard[1:]

    assert _run(scenario) == [b"event: mark\ndata: 9\n\n"]


def test_all_listeners_are_looked_for_together_and_nobody_looks_when_they_have_gone():
    async def scenario(marks, events):
        clients = [_Client(events, (("project", 1), ("run", n % 3))) for n in range(50)]
        for client in clients:
            await client.hears("7,")
        looks = len(marks.looks)
        for client in clients:
            client.task.cancel()
        while events._task is not None:
            await asyncio.sleep(0)
        return looks, sorted(marks.looks[-1])

    looks, last = _run(scenario)
    assert looks < 5
    assert last == [("project", 1), ("run", 0), ("run", 1), ("run", 2)]


def test_a_stream_ends_with_its_session_its_time_and_the_process(monkeypatch):
    monkeypatch.setattr(module, "GUARD_LOOKS", 2)

    async def scenario(marks, events):
        signed_out, brief, last = (
            _Client(events, guard=("session", "other")),
            _Client(events, seconds=0.02),
            _Client(events),
        )
        await signed_out.task
        await brief.task
        await last.hears("7")
        assert not last.task.done()
        events.close()
        await last.task
        return events.has_room(Stream((), GUARD, 1.0))

    assert _run(scenario) is False


def test_a_failure_is_looked_past_and_a_beat_is_heard_in_silence(monkeypatch):
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.02)

    async def scenario(marks, events):
        marks.fails = 2
        client = _Client(events)
        await client.hears("7")
        while not any("event: beat" in part for part in client.said):
            await asyncio.sleep(0)
        return client.marks

    assert _run(scenario) == ["7"]


@pytest.mark.parametrize(("limits", "other"), [({"limit": 2}, "b"), ({"limit_each": 2}, "a")])
def test_there_is_room_for_so_many(limits, other):
    async def scenario(marks, events):
        stream = Stream((("project", 1),), ("session", other), 5.0)
        found = []
        for _ in range(2):
            found.append(events.has_room(stream))
            await _Client(events, guard=("session", "a")).hears("7")
        return [*found, events.has_room(stream)]

    assert _run(scenario, **limits) == [True, True, False]
