"""The agents of a project on one page: who does what, who is in quarantine, and what can be done to them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sweeps_app.models import Agent, Run, Sweep
from sweeps_app.services.agents import agent_exit, agent_register
from sweeps_app.services.job_launch import JobSettings, job_launch_once
from sweeps_app.services.jobs import job_claim
from sweeps_app.services.runs import run_finish
from tests.dashboard.world import CONFIG
from tests.factories import ask, make_sweep, make_worker, start


@pytest.fixture
def path(world):
    return f"{world.project_path}/agents"


@pytest.fixture
def agents(world):
    """Two agents of one host and one of another."""
    hosts = ["node-1", "node-1", "node-2"]
    return [
        agent_register(user=world.owner, sweep=world.sweep, agent_id=f"agent{n:05d}", host=host, pid=40 + n)[0]
        for n, host in enumerate(hosts)
    ]


@pytest.fixture
def held(world, agents):
    """All agents of the first host, after five failures there."""
    for agent, count, code in ((agents[2], 20, 0), (agents[0], 5, 1)):
        for _ in range(count):
            run_finish(run=start(world.owner, ask(agent)), exit_code=code)
    return agents[:2]


def _text(page, path, **query):
    return page.get(path, query).content.decode()


def _post(page, path):
    return page.post(path, headers={"Accept": "application/json"})


def test_without_agents_the_page_explains_how_to_start_one(page, path):
    text = _text(page, path)
    assert "sweepdeck agent owner/demo/SWEEP" in text
    assert "By host" not in text


def test_agents_are_shown_by_host_with_what_they_do(page, world, path, agents):
    run = start(world.owner, ask(agents[0]))
    text = _text(page, path)
    assert text.index(">node-1<") < text.index(">process 40<") < text.index(">process 41<") < text.index(">node-2<")
    assert f"{world.project_path}/runs/{run.run_id}" in text
    assert "2 active of 2 agents" in text
    assert f'"{world.project_path}/agents"' in _text(page, world.project_path)
    assert f"{path}?sweep={world.sweep.sweep_id}" in _text(page, world.sweep_path)


def test_agents_are_filtered_by_state_sweep_and_text(page, world, path, agents):
    other = make_sweep(world.owner, CONFIG | {"name": "other"})
    agent_register(user=world.owner, sweep=other, agent_id="otheragent", host="node-3")
    agent_exit(agent=agents[2], reason="count reached")
    assert "node-2" not in _text(page, path)
    assert "count reached" in _text(page, path, state="exited")
    everything = _text(page, path, state="all")
    assert all(f"agent-{agent.agent_id}" in everything for agent in Agent.objects.all())
    assert "agent-otheragent" not in _text(page, path, sweep=world.sweep.sweep_id)
    assert "agent-agent" not in _text(page, path, text="NODE-3")
    assert "No agent matches" in _text(page, path, text="nothing")
    assert "node-1" in _text(page, f"{path}?state=nonsense&page=x")


def test_an_agent_is_ordered_and_offered_what_comes_next(page, path, agents):
    place = f"{path}/{agents[0].agent_id}"
    for order, said, offered in (("pause", "is paused", "resume"), ("drain", "ends after", "resume"), ("kill", "", "")):
        answer = _post(page, f"{place}/{order}")
        assert (answer.status_code, said in answer.json()["message"]) == (200, True)
        assert Agent.objects.get(pk=agents[0].pk).order == order
        assert (f'formaction="{place}/{offered}"' in _text(page, path)) is bool(offered)
    assert _post(page, f"{place}/resume").status_code == 409
    assert page.post(f"{path}/{agents[1].agent_id}/pause")["Location"] == path


def test_what_is_no_order_and_who_is_no_agent_of_the_project_is_not_found(page, stranger, world, path, agents):
    elsewhere = make_sweep(world.owner, CONFIG, project="elsewhere")
    foreign, _ = agent_register(user=world.owner, sweep=elsewhere, agent_id="foreignagent")
    for tell, address in (
        (page, f"{path}/{agents[0].agent_id}/dance"),
        (page, f"{path}/{foreign.agent_id}/pause"),
        (page, f"{path}/{foreign.agent_id}/release"),
        (stranger, f"{path}/{agents[0].agent_id}/pause"),
        (stranger, f"{path}/{agents[0].agent_id}/release"),
    ):
        assert tell.post(address).status_code == 404
    assert stranger.get(path).status_code == 404
    assert set(Agent.objects.values_list("order", flat=True)) == {""}


def test_a_quarantine_is_explained_on_both_pages_and_ends_with_a_click(page, world, path, held):
    reason = "On host node-1 5 of 5 runs have failed, elsewhere 0 of 20"
    assert _text(page, path).count(f"{reason}.") == 1
    assert reason in _text(page, world.sweep_path)
    answer = _post(page, f"{path}/{held[1].agent_id}/release")
    assert answer.json()["message"].startswith("node-1 gets runs again.")
    assert not Agent.objects.exclude(quarantined_at=None).exists()
    assert reason not in _text(page, path) + _text(page, world.sweep_path)


def test_nobody_asks_for_a_quarantine_when_its_sweep_has_ended(page, world, path, held):
    Sweep.objects.update(finished_at=timezone.now())
    assert "quarantine-title" not in _text(page, path)


def test_signs_of_life_alone_are_no_news_but_everything_else_is(page, world, path, agents):
    at = timezone.now().replace(second=10, microsecond=0)
    Agent.objects.update(heartbeat_at=at)
    etag = None

    def poll():
        return page.get(path, {"fragments": "1", "state": "all"}, headers={"If-None-Match": etag} if etag else {})

    etag = poll()["ETag"]
    Agent.objects.update(heartbeat_at=at + timedelta(seconds=40))
    assert poll().status_code == 304
    changes = (
        lambda: Agent.objects.update(heartbeat_at=at + timedelta(seconds=70)),
        lambda: start(world.owner, ask(agents[0])),
        lambda: _post(page, f"{path}/{agents[1].agent_id}/drain"),
        lambda: agent_exit(agent=agents[1]),
        lambda: run_finish(run=Run.objects.get(agent=agents[0]), exit_code=0),
        lambda: agent_register(user=world.owner, sweep=world.sweep, agent_id="newcomer"),
    )
    for change in changes:
        change()
        answer = poll()
        assert answer.status_code == 200
        etag = answer["ETag"]
        assert poll().status_code == 304


def test_a_thousand_agents_take_as_many_queries_as_three(page, world, path, held):
    def count():
        with CaptureQueriesContext(connection) as found:
            assert page.get(path, {"state": "all"}).status_code == 200
        return len(found)

    few = count()
    Agent.objects.bulk_create(
        Agent(
            sweep=world.sweep,
            agent_id=f"many{n:06d}",
            host=f"many-{n // 8}",
            created_by=world.owner,
            heartbeat_at=timezone.now(),
        )
        for n in range(1000)
    )
    assert count() == few <= 13
    assert "Page 1 of 21" in _text(page, path)


def test_workers_are_shown_with_what_they_have_left(page, world, path):
    assert "Workers of the server" not in _text(page, path)
    worker = make_worker("box-1:77", queues=["gpu"], slots=4, gpus=["0", "1"])
    job = job_launch_once(user=world.owner, sweep=world.sweep, wanted=JobSettings("digits", queue="gpu", gpus=1))[0]
    assert job_claim(job_id=job.job_id, worker=worker)
    text = _text(page, path)
    row = text[text.index(f'id="worker-{worker.worker_id}"') :].split("</tr>")[0]
    assert "box-1:77" in row
    assert "3 of 4" in row
    assert '1 <span class="faint">of 2</span>' in row
