"""Two processes of one run: that of an attempt that is over writes on, and harms nothing."""

import json

import pytest

from sweeps_app.models import Run
from tests.wandb_api.client import Wandb
from tests.wandb_api.test_runs import begin, done, history
from tests.wandb_api.test_sweeps import AgentClient, _later, make

pytestmark = pytest.mark.django_db


class Process:
    """A process of a run that began at a moment of its machine's clock."""

    def __init__(self, wandb, run_id, born):
        self.wandb, self.run_id, self.born, self.lines = wandb, run_id, born, 0

    def begin(self):
        return begin(self.wandb, self.run_id)

    def log(self, *losses, **more):
        """Return the status of the answer to a post with rows, at the process's own offset."""
        rows = [{"_step": self.lines + i, "loss": loss, **self.clocks(i)} for i, loss in enumerate(losses)]
        body = {"files": history(*rows, offset=self.lines), **more}
        self.lines += len(rows)
        return self.wandb.stream(self.run_id, body).status_code

    def measure(self):
        line = json.dumps({"system.cpu": 1, "_wandb": True, **self.clocks(9.5)})
        files = {"wandb-events.jsonl": {"offset": 0, "content": [line]}}
        return self.wandb.stream(self.run_id, {"files": files}).status_code

    def clocks(self, seconds):
        return {"_timestamp": self.born + seconds, "_runtime": seconds + 0.04}


@pytest.fixture
def lost(wandb, monkeypatch):
    """Return the process of a run that its agent has lost, and the agent to which the run was given next."""
    agent = AgentClient(wandb, make(wandb, parameters={"x": {"values": [1]}}))
    first = Process(wandb, agent.beat()[0]["run_id"], born=1_000.0)
    first.begin()
    assert first.log(5.0, 4.0) == 200
    assert agent.beat(first.run_id) == []
    assert agent.beat() == []
    _later(monkeypatch, 60)
    assert agent.beat()[0]["run_id"] == first.run_id
    return first


def test_a_process_whose_attempt_is_over_cannot_write_and_what_the_next_one_wrote_stays(wandb, lost):
    assert lost.log(3.0) == 409
    assert wandb.stream(lost.run_id, done(255)).status_code == 409
    second = Process(wandb, lost.run_id, born=1_090.0)
    assert second.begin()["bucket"]["historyLineCount"] == 0
    assert second.log(9.0) == 200
    assert lost.log(2.0, 1.0, **done()) == 409
    assert lost.measure() == 409
    assert second.log(8.0, 7.0) == 200
    run = Run.objects.get()
    assert (run.attempt, run.state, run.history_rows, run.summary["loss"]) == (2, "running", 3, 7.0)
    assert second.measure() == 200
    assert second.log(6.0, **done()) == 200
    assert Run.objects.get().state == "finished"


def test_a_client_that_keeps_cookies_cannot_even_end_the_run(wandb, monkeypatch):
    wandb.keeps_cookies = True
    agent = AgentClient(wandb, make(wandb, parameters={"x": {"values": [1]}}))
    old = Process(wandb, agent.beat()[0]["run_id"], born=1_000.0)
    old.begin()
    assert [old.log(5.0), old.log(4.0)] == [200, 200]
    agent.beat(old.run_id)
    _later(monkeypatch, 60)
    agent.beat()
    new = Wandb()
    new.headers, new.keeps_cookies = wandb.headers, True
    begin(new, old.run_id)
    assert wandb.stream(old.run_id, done(255)).status_code == 409
    assert new.stream(old.run_id, {}).status_code == 200
    assert new.stream(old.run_id, done()).status_code == 200
    assert Run.objects.get().state == "finished"


def test_a_process_that_goes_on_from_a_lost_one_is_not_taken_for_it(wandb, lost):
    wandb.data("RunResumeStatus", project="demo", entity="ada", name=lost.run_id)
    second = Process(wandb, lost.run_id, born=1_045.0)
    second.lines = second.begin()["bucket"]["historyLineCount"]
    assert second.lines == 2
    assert second.log(3.0) == 200
    assert lost.log(2.0) == 409
    assert Run.objects.get().history_rows == 3


def test_a_sign_of_life_takes_back_a_loss_while_nobody_else_has_the_run(wandb, monkeypatch):
    agent = AgentClient(wandb, make(wandb, parameters={"x": {"values": [1]}}))
    process = Process(wandb, agent.beat()[0]["run_id"], born=1_000.0)
    process.begin()
    process.log(5.0)
    Run.objects.update(state="crashed")
    assert process.log(4.0) == 200
    assert Run.objects.get().state == "running"


def test_a_run_that_ended_and_is_begun_again_takes_what_its_new_process_says(wandb):
    first = Process(wandb, "r1", born=1_000.0)
    first.begin()
    assert first.log(1.0, **done()) == 200
    wandb.data("RunResumeStatus", project="demo", entity="ada", name="r1")
    again = Process(wandb, "r1", born=1_000.1)
    again.lines = again.begin()["bucket"]["historyLineCount"]
    assert again.log(0.5, **done()) == 200
    assert Run.objects.get().history_rows == 2
