"""Agents in lists, and what they are told."""

import pytest

from sweeps_app.models import Agent, Run
from tests.api.client import problems
from tests.factories import ask, make_agent, make_sweep, start


@pytest.fixture
def sweep(user):
    return make_sweep(user)


@pytest.fixture
def agent(user, sweep):
    return make_agent(user, sweep)


def test_agents_are_listed_with_their_runs_by_sweep_and_by_project(
    api, user, sweep, agent, django_assert_max_num_queries
):
    run = start(user, ask(agent))
    for number in range(5):
        api.post(f"/sweeps/{sweep.sweep_id}/agents", {"agent_id": f"node000{number}", "host": f"node-{number % 2}"})
    make_agent(user, make_sweep(user))
    with django_assert_max_num_queries(5):
        page = api.get(f"/sweeps/{sweep.sweep_id}/agents").json()
    assert page["count"] == 6
    assert [row["host"] for row in page["results"]] == ["host1", *["node-0"] * 3, *["node-1"] * 2]
    assert [row["run"] for row in page["results"]] == [run.run_id, *[None] * 5]
    assert page["results"][0] == api.get(f"/agents/{agent.agent_id}").json() | {"run": run.run_id}
    project = "/projects/ada/demo/agents"
    assert api.get(project).json()["count"] == 7
    assert api.get(project, host="node-1").json()["count"] == 2
    assert api.get(project, text="NODE000").json()["count"] == 5
    assert api.get(project, state="lost").json()["count"] == 0
    assert api.get(project, page_size=2, page=2).json()["pages"] == 4
    assert problems(api.get(project, state="gone")) == [("state", "invalid_choice")]


def test_agents_of_a_sweep_that_was_deleted_are_listed_no_more(api, sweep, agent):
    api.send("DELETE", f"/sweeps/{sweep.sweep_id}")
    assert api.get("/projects/ada/demo/agents").json()["count"] == 0


@pytest.mark.parametrize(
    ("action", "order"), [("pause", "pause"), ("drain", "drain"), ("kill", "kill"), ("resume", "")]
)
def test_an_order_may_be_repeated(api, agent, action, order):
    for _ in range(2):
        answer = api.post(f"/agents/{agent.agent_id}/{action}", {})
        assert (answer.status_code, answer.json()["order"]) == (200, order)
    assert api.post(f"/agents/{agent.agent_id}/{action}", {"now": True}).status_code == 400


def test_a_killed_agent_is_told_to_end_and_cannot_be_resumed(api, user, agent):
    run = start(user, ask(agent))
    path = f"/agents/{agent.agent_id}"
    api.post(f"{path}/kill", {})
    assert api.post(f"/runs/ada/demo/{run.run_id}/heartbeat", {}).json() == {"stop": True}
    ended = api.post(f"/runs/ada/demo/{run.run_id}/finish", {"exit_code": 255, "state": "killed"}).json()
    assert (ended["state"], ended["requeue_cause"]) == ("pending", "killed")
    assert api.post(f"{path}/next", {"request_id": "q"}).json()["command"] == "exit"
    refused = api.post(f"{path}/resume", {})
    assert (refused.status_code, problems(refused)) == (409, [(None, "conflict")])
    assert Agent.objects.get().order == "kill"
    assert Run.objects.get().attempts.get().cause == "killed"


def test_a_quarantine_is_shown_and_ends_with_a_release(api, user, sweep):
    path = f"/sweeps/{sweep.sweep_id}/agents"
    for number, host in enumerate(["good", "bad", "bad"]):
        api.post(path, {"agent_id": f"agent000{number}", "host": host})
    for agent_id, count, code in (("agent0000", 20, 0), ("agent0001", 5, 1)):
        for number in range(count):
            body = {"request_id": str(number), "start": {"host": "h"}}
            run = api.post(f"/agents/{agent_id}/next", body).json()["run"]
            ended = api.post(f"/runs/ada/demo/{run['run_id']}/finish", {"exit_code": code}).json()
    assert (ended["state"], ended["requeue_cause"]) == ("pending", "quarantine")
    held = api.get(path, state="quarantined").json()["results"]
    assert [agent["agent_id"] for agent in held] == ["agent0001", "agent0002"]
    assert held[0]["quarantine_reason"].startswith("On host bad 5 of 5 runs have failed")
    assert (
        api.post("/agents/agent0002/next", {"request_id": "q"})
        .json()["reason"]
        .startswith("the agent is in quarantine")
    )
    for _ in range(2):
        released = api.post("/agents/agent0001/release", {})
        assert (released.status_code, released.json()["quarantined_at"]) == (200, None)
    assert api.post("/agents/agent0002/next", {"request_id": "q"}).json()["command"] == "run"
