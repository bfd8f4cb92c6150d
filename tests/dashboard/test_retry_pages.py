"""Attempts and further ones, on the pages of a run and of a sweep."""

import pytest

from sweeps_app.models import Agent, Run
from sweeps_app.services.agents import agent_exit
from sweeps_app.services.runs import run_finish
from sweeps_app.services.sweeps import sweep_control
from tests.factories import ask, make_agent, start


@pytest.fixture
def failed(world):
    """A run that has failed with a traceback."""
    return world.runs[1]


@pytest.fixture
def path(world, failed):
    return f"{world.project_path}/runs/{failed.run_id}"


def _text(page, path):
    return page.get(path).content.decode()


def _post(page, path):
    return page.post(path, headers={"Accept": "application/json"})


def test_a_failed_run_is_tried_again_by_a_click_and_its_page_tells_of_each_attempt(page, world, failed, path):
    assert "Try again" in _text(page, path)
    assert "attempts-title" not in _text(page, path)
    assert _post(page, f"{path}/retry").json() == {"message": "The run waits for an agent."}
    waiting = _text(page, path)
    for words in ("waits for an agent", "owner asked for it", "ValueError: boom", "Waiting for"):
        assert words in waiting
    assert "Try again" not in waiting
    agent = make_agent(world.owner, world.sweep)
    again = start(world.owner, ask(agent))
    assert again.pk == failed.pk
    run_finish(run=again, exit_code=3, error="Traceback (most recent call last):\n  train.py\nKeyError: 'x'\n")
    text = _text(page, path)
    assert "attempt 2" in text
    assert ">KeyError: &#x27;x&#x27;</td>" in text
    assert f"text={agent.agent_id}" in text
    assert "attempt 2" in _text(page, world.sweep_path)


def test_what_cannot_be_tried_again_is_not_offered_and_refused(page, world, path):
    good = f"{world.project_path}/runs/{world.runs[-1].run_id}"
    alone = f"{world.project_path}/runs/{world.alone.run_id}"
    sweep_control(sweep=world.sweep, action="stop")
    for address in (good, alone, path):
        assert "Try again" not in _text(page, address)
        assert _post(page, f"{address}/retry").status_code == 409
    assert "Try failed runs again" not in _text(page, world.sweep_path)


def test_all_failed_runs_of_a_sweep_are_tried_again_and_the_page_says_that_no_agent_is_there(page, world):
    assert "Try failed runs again (1)" in _text(page, world.sweep_path)
    assert _post(page, f"{world.sweep_path}/retry").json() == {"message": "1 run waits for an agent."}
    assert page.post(f"{world.sweep_path}/retry")["Location"] == world.sweep_path
    text = _text(page, world.sweep_path)
    assert "1 run waits for an agent: no agent is active." in text
    assert "Try failed runs again" not in text
    agent = make_agent(world.owner, world.sweep)
    assert "notice-stranded" not in _text(page, world.sweep_path)
    Agent.objects.update(order="pause")
    assert "none of the 1 active agent may take it" in _text(page, world.sweep_path)
    Agent.objects.update(order="")
    run_finish(run=start(world.owner, ask(agent)), exit_code=1)
    assert "1 given up" in _text(page, world.sweep_path)


def test_an_agent_that_leaves_is_news_to_the_page_of_its_sweep(page, world):
    agent = make_agent(world.owner, world.sweep)
    _post(page, f"{world.sweep_path}/retry")

    def poll(etag=None):
        return page.get(world.sweep_path, {"fragments": "1"}, headers={"If-None-Match": etag} if etag else {})

    etag = poll()["ETag"]
    assert poll(etag).status_code == 304
    agent_exit(agent=agent)
    assert b"no agent is active" in poll(etag).content


def test_a_run_that_waits_can_be_stopped(page, world, path):
    _post(page, f"{path}/retry")
    assert "ends as its last attempt did" in _text(page, path)
    assert _post(page, f"{path}/stop").status_code == 200
    assert Run.objects.get(pk=world.runs[1].pk).state == "failed"
