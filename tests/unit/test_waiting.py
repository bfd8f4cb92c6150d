"""The watcher: who is woken by how much news, and in which order."""

import asyncio

import pytest

from sweeps_app.config import waiting
from sweeps_app.config.waiting import Wait, Watcher


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.01)


class _News:
    """What the watcher looks at; each look is noted."""

    def __init__(self):
        self.numbers, self.looks, self.fails = {}, [], 0

    def __call__(self, subjects):
        self.looks.append(list(subjects))
        if self.fails:
            self.fails -= 1
            raise OSError("the database is away")
        return {subject: self.numbers[subject] for subject in subjects if subject in self.numbers}


def _sweep(since, seconds=5.0):
    return Wait("sweep", 1, since, seconds)


def _run(scenario):
    news = _News()
    return asyncio.run(scenario(news, Watcher(news)))


def test_as_many_are_woken_as_there_is_news_for_and_the_first_one_first():
    async def scenario(news, watcher):
        waiting = [asyncio.create_task(watcher.wait(_sweep(0, seconds=0.3))) for _ in range(3)]
        await asyncio.sleep(0.05)
        news.numbers["sweep", 1] = 2
        return await asyncio.gather(*waiting)

    assert _run(scenario) == [True, True, False]


def test_news_that_came_before_the_question_was_noted_is_no_less_news():
    async def scenario(news, watcher):
        first = asyncio.create_task(watcher.wait(_sweep(0)))
        other = asyncio.create_task(watcher.wait(_sweep(5, seconds=0.3)))
        await asyncio.sleep(0.05)
        news.numbers["sweep", 1] = 5
        assert await first
        late = await watcher.wait(_sweep(4, seconds=0.1))
        return late, await other

    assert _run(scenario) == (True, False)


def test_nobody_looks_while_nobody_waits_and_a_failure_is_looked_past():
    async def scenario(news, watcher):
        news.fails = 2
        news.numbers["sweep", 1] = 1
        assert await watcher.wait(_sweep(0))
        await asyncio.sleep(0.05)
        count = len(news.looks)
        await asyncio.sleep(0.05)
        assert len(news.looks) == count
        assert await watcher.wait(_sweep(0))
        return len(news.looks) > count

    assert _run(scenario)


def test_all_subjects_are_looked_at_together():
    async def scenario(news, watcher):
        waits = [asyncio.create_task(watcher.wait(Wait("run", key, 1, 0.05))) for key in range(100)]
        await asyncio.gather(*waits)
        return max(map(len, news.looks))

    assert _run(scenario) == 100


def test_a_watcher_that_closes_lets_everybody_go():
    async def scenario(news, watcher):
        waits = [asyncio.create_task(watcher.wait(_sweep(0))) for _ in range(3)]
        await asyncio.sleep(0.02)
        watcher.close()
        return [*await asyncio.gather(*waits), await watcher.wait(_sweep(0))]

    assert _run(scenario) == [False] * 4
