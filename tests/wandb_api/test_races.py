"""Requests that come at the same moment, since a client did not wait for the answer to the first one."""

import json

import pytest

from sweeps_app.models import Run
from tests.concurrency import in_threads
from tests.factories import make_user
from tests.wandb_api.client import Wandb
from tests.wandb_api.test_runs import begin, done, history
from tests.wandb_api.test_sweeps import AgentClient, make


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_store_once_and_hand_out_once():
    key = Wandb.of(make_user("ada"))

    def client():
        """Return a client of the same key, since one of Django's serves one thread."""
        other = Wandb()
        other.headers = key.headers
        return other

    in_threads(4, lambda _: begin(client(), "same"))
    body = {"files": history(*({"_step": i, "x": i} for i in range(50))), **done()}
    assert {answer.status_code for answer in in_threads(4, lambda _: client().stream("same", body))} == {200}
    run = Run.objects.get()
    assert (run.history_rows, run.state) == (50, "finished")

    sweep = make(key, parameters={"x": {"values": list(range(8))}})
    agents = [AgentClient(key, sweep) for _ in range(4)]

    def beat(i):
        agent = AgentClient.__new__(AgentClient)
        agent.wandb, agent.id = client(), agents[i % 4].id
        return agent.beat()

    told = [command for commands in in_threads(8, beat) for command in commands]
    handed_out = {command["run_id"]: json.dumps(command["args"]) for command in told if command["type"] == "run"}
    assert len(set(handed_out.values())) == len(handed_out) == Run.objects.filter(sweep__sweep_id=sweep).count()
