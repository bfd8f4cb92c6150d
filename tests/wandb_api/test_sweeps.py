"""Sweeps and agents: what the client writes, what it reads, and what its agents are told."""

import json
from datetime import timedelta

import pytest
import yaml
from django.utils import timezone

from sweeps_app.models import Agent, Run, Sweep
from sweeps_app.services import wandb_agents
from sweeps_app.services.runs import run_stop
from sweeps_app.services.sweeps import sweep_control
from tests.factories import ask, make_agent
from tests.wandb_api.test_runs import begin, done, history

pytestmark = pytest.mark.django_db

GRID = {
    "method": "grid",
    "program": "train.py",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"x": {"values": [1, 2]}},
}


def make(wandb, **config):
    """Make a sweep; return its short name."""
    text = yaml.safe_dump(GRID | config)
    made = wandb.data("UpsertSweep", config=text, entityName=None, projectName="demo", templateVariableValues="null")
    return made["upsertSweep"]["sweep"]["name"]


class AgentClient:
    """An agent that says which runs it has."""

    def __init__(self, wandb, sweep):
        self.wandb = wandb
        made = wandb.data("CreateAgent", host="node", entityName="ada", projectName="demo", sweep=sweep)
        self.id = made["createAgent"]["agent"]["id"]

    def beat(self, *listed):
        """Return what the agent is to do."""
        state = json.dumps(dict.fromkeys(listed, True))
        told = self.wandb.data("Heartbeat", id=self.id, metrics="{}", runState=state)
        return json.loads(told["agentHeartbeat"]["commands"])


def _later(monkeypatch, seconds):
    """Let so many seconds pass for what agents are told."""
    now = timezone.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(wandb_agents.timezone, "now", lambda: now)


def _sweep(name):
    return Sweep.objects.get(sweep_id=name)


def test_a_sweep_of_the_client_is_ours(wandb):
    name = make(wandb, description="d", image_uri="x", parameters={"x": {"min": 1, "max": 5}, "y": {"value": "v"}})
    sweep = _sweep(name)
    assert (sweep.method, sweep.description, sweep.metric_name) == ("grid", "d", "loss")
    told = wandb.data("SweepWithRuns", entity="ada", project="demo", sweep=name, specs="{}")["project"]["sweep"]
    assert (told["name"], told["state"], told["runs"]["edges"]) == (name, "PENDING", [])
    assert yaml.safe_load(told["config"])["parameters"]["y"]["value"] == "v"


def test_what_is_wrong_with_a_sweep_is_told_whole_and_nothing_is_made(wandb):
    answer = wandb.ask("UpsertSweep", config="method: gird\nparameters: {x: {values: []}}", projectName="demo")
    assert answer.status_code == 400
    message = answer.json()["errors"][0]["message"]
    assert "config.method" in message
    assert "config.parameters.x" in message
    assert wandb.ask("UpsertSweep", config="a: [", projectName="demo").status_code == 400
    assert not Sweep.objects.exists()


def test_an_agent_gets_each_point_once_and_is_told_to_exit(wandb):
    agent = AgentClient(wandb, make(wandb))
    for x in (1, 2):
        (command,) = agent.beat()
        assert (command["type"], command["args"], command["program"]) == ("run", {"x": {"value": x}}, "train.py")
        run_id = command["run_id"]
        assert agent.beat(run_id) == []
        begin(wandb, run_id, sweep="s", config=json.dumps({"x": {"value": x}, "_wandb": {"value": {"t": {}}}}))
        wandb.stream(run_id, {"files": history({"_step": 0, "loss": x}), **done()})
        assert agent.beat(run_id) == []
    assert agent.beat() == [{"type": "exit"}]
    assert Sweep.objects.get().state == "FINISHED"
    assert [run.objective for run in Run.objects.order_by("pk")] == [1, 2]
    assert Agent.objects.get().state == "exited"


def test_agents_of_both_kinds_work_at_one_sweep(wandb, user):
    name = make(wandb)
    assert ask(make_agent(user, _sweep(name))).config == {"x": 1}
    (command,) = AgentClient(wandb, name).beat()
    assert command["args"] == {"x": {"value": 2}}


def test_without_a_worker_a_search_goes_on_although_an_agent_asks_seldom(wandb, monkeypatch):
    monkeypatch.setattr("sweeps_app.services.suggestions.GRACE", timedelta(seconds=2))
    agent = AgentClient(wandb, make(wandb, method="bayes"))
    assert agent.beat() == []
    Sweep.objects.update(rung_at=timezone.now() - timedelta(seconds=6))
    assert agent.beat()[0]["type"] == "run"


def test_an_answer_that_was_lost_is_given_again_and_a_program_that_never_begins_has_failed(wandb):
    agent = AgentClient(wandb, make(wandb))
    (first,) = agent.beat()
    assert agent.beat() == [first]
    (second,) = agent.beat()
    assert second["args"] == {"x": {"value": 2}}
    failed = Run.objects.get(run_id=first["run_id"])
    assert (failed.state, failed.error) == ("failed", "The agent's program ended without calling wandb.init().")
    agent.beat(second["run_id"])
    assert agent.beat() == [{"type": "exit"}]
    assert Run.objects.get(run_id=second["run_id"]).state == "failed"


def test_a_run_that_is_to_stop_has_time_to_do_it_by_itself(wandb, monkeypatch):
    agent = AgentClient(wandb, make(wandb))
    run_id = agent.beat()[0]["run_id"]
    begin(wandb, run_id)
    run_stop(run=Run.objects.get(run_id=run_id))
    assert agent.beat(run_id) == []
    _later(monkeypatch, 30)
    assert agent.beat(run_id) == [{"type": "stop", "run_id": run_id}]
    assert agent.beat()[0]["args"] == {"x": {"value": 2}}
    assert Run.objects.get(run_id=run_id).state == "killed"


def test_a_run_whose_process_is_gone_goes_to_another_agent(wandb, monkeypatch):
    name = make(wandb, parameters={"x": {"values": [1]}})
    agent = AgentClient(wandb, name)
    run_id = agent.beat()[0]["run_id"]
    begin(wandb, run_id)
    wandb.stream(run_id, {"files": history({"_step": 0, "loss": 1})})
    assert agent.beat(run_id) == []
    assert agent.beat() == []
    _later(monkeypatch, 60)
    assert agent.beat()[0]["run_id"] == run_id
    run = Run.objects.get(run_id=run_id)
    assert (run.attempt, run.state) == (2, "pending")
    assert begin(wandb, run_id)["bucket"]["historyLineCount"] == 0
    assert Run.objects.get(run_id=run_id).state == "running"
    assert AgentClient(wandb, name).beat(run_id) == [{"type": "stop", "run_id": run_id}]


def test_a_canceled_sweep_ends_its_runs_and_agents(wandb, monkeypatch):
    name = make(wandb)
    agent = AgentClient(wandb, name)
    run_id = agent.beat()[0]["run_id"]
    begin(wandb, run_id)
    agent.beat(run_id)
    sweep_control(sweep=_sweep(name), action="cancel")
    assert agent.beat(run_id) == []
    assert wandb.stream(run_id, {}).json()["stopped"]
    _later(monkeypatch, 30)
    assert agent.beat(run_id) == [{"type": "exit"}]
    assert Run.objects.get(run_id=run_id).state == "killed"


def test_a_sweep_is_steered_and_changed_by_its_id(wandb):
    name = make(wandb)
    key = wandb.data("SweepWithRuns", project="demo", sweep=name, specs="{}")["project"]["sweep"]["id"]
    agent = AgentClient(wandb, name)
    for state, ours in (("PAUSED", "PAUSED"), ("PAUSED", "PAUSED"), ("RUNNING", "RUNNING")):
        wandb.data("UpsertSweep", id=key, state=state)
        assert _sweep(name).state == ours
        if state == "PAUSED":
            assert agent.beat() == []
    wandb.data("UpsertSweep", id=key, config=yaml.safe_dump(GRID | {"run_cap": 1}))
    assert _sweep(name).run_cap == 1
    assert wandb.ask("UpsertSweep", id=key, state="DANCING").status_code == 400
    wandb.data("UpsertSweep", id=key, state="FINISHED")
    assert _sweep(name).state == "STOPPED"
    assert agent.beat() == [{"type": "exit"}]
    assert wandb.ask("UpsertSweep", id=key, state="RUNNING").status_code == 400
    assert wandb.ask("Heartbeat", id="nosuchag", runState="{}").status_code == 404


def test_a_controller_of_the_user_decides(wandb):
    name = make(wandb, controller={"type": "local"})
    agent = AgentClient(wandb, name)

    def told():
        return wandb.data("SweepWithRuns", project="demo", sweep=name, specs='{"keys": ["_step", "loss"]}')["project"][
            "sweep"
        ]

    def write(schedule, earlystop=()):
        controller = json.dumps({"schedule": schedule, "earlystop": list(earlystop)})
        wandb.data("UpsertSweep", id=told()["id"], config=yaml.safe_dump(GRID), controller=controller)

    assert agent.beat() == []
    write([])
    entry = {"id": "e1", "data": {"args": {"x": {"value": 2}}}}
    write([entry])
    write([entry])
    assert json.loads(told()["controller"])["schedule"] == [entry]
    (command,) = agent.beat()
    run_id = command["run_id"]
    assert command["args"] == {"x": {"value": 2}}
    assert json.loads(told()["scheduler"]) == {"scheduled": [{"id": "e1", "runid": run_id}]}
    begin(wandb, run_id)
    wandb.stream(run_id, {"files": history({"_step": 0, "loss": 3})})
    assert told()["runs"]["edges"][0]["node"]["sampledHistory"] == [[{"_step": 0, "loss": 3}]]
    write([], earlystop=[run_id])
    assert told()["runs"]["edges"][0]["node"]["stopped"] is True
    wandb.stream(run_id, done(255))
    write([{"id": "e2", "data": {"args": None}}])
    assert agent.beat() == [{"type": "exit"}]
    assert told()["state"] == "FINISHED"
