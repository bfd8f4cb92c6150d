"""The pulse: from the server's start on, whatever it is asked."""

import asyncio

import pytest

from sweeps_app.config.pulse import Pulse


class Beats:
    """Counts the beats, of which the first ones may fail, and lets others wait for so many."""

    def __init__(self, failing=0):
        self.count, self._failing = 0, failing
        self._changed = asyncio.Event()

    async def __call__(self):
        self.count += 1
        self._changed.set()
        if self.count <= self._failing:
            raise RuntimeError("the database is away")

    async def reach(self, count):
        async with asyncio.timeout(30):
            while self.count < count:
                self._changed.clear()
                await self._changed.wait()


def lived(beats, scope, received, until):
    """Hand a connection to a pulse, wait for so many beats, and return what was answered and asked meanwhile."""
    sent, asked = [], []

    async def application(scope, receive, send):
        asked.append(scope["type"])

    async def live():
        messages = iter(received)

        async def receive():
            return {"type": next(messages)}

        async def send(message):
            sent.append(message["type"])

        pulse = Pulse(application, beats, seconds=0.0)
        await pulse({"type": scope}, receive, send)
        await beats.reach(until)

    asyncio.run(live())
    return sent, asked


def test_it_begins_with_the_server_which_is_told_that_all_is_well():
    beats = Beats()
    sent, asked = lived(beats, "lifespan", ["lifespan.startup", "lifespan.shutdown"], until=2)
    assert (sent, asked) == (["lifespan.startup.complete", "lifespan.shutdown.complete"], [])


def test_it_begins_with_the_first_request_where_the_server_tells_nothing_of_its_start():
    assert lived(Beats(), "http", [], until=2) == ([], ["http"])


def test_it_goes_on_after_a_failure_which_is_told_once(caplog):
    lived(Beats(failing=3), "http", [], until=5)
    assert [record.message for record in caplog.records] == ["the server cannot note that it is there; trying again"]


@pytest.mark.parametrize("kinds", [["http", "http"], ["lifespan", "http"]])
def test_one_is_enough(kinds):
    """A second connection begins no second pulse."""
    running = []

    async def beat():
        running.append(asyncio.current_task())
        await asyncio.sleep(0)

    async def application(scope, receive, send):
        while len(running) < 3:
            await asyncio.sleep(0)

    async def live():
        pulse = Pulse(application, beat, seconds=0.0)
        over = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive():
            return {"type": next(over)}

        async def send(message):
            pass

        for kind in kinds:
            await pulse({"type": kind}, receive, send)

    asyncio.run(live())
    assert len(set(running)) == 1
