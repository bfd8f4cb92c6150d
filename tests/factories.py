"""Small makers of what tests need, through the services that the server itself uses."""

import itertools
from typing import Any

from sweeps_app.models import Agent, Run, Sweep, User, Worker
from sweeps_app.services.agents import agent_register
from sweeps_app.services.runs import RunDetails, run_start
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.sweeps import sweep_create
from sweeps_app.services.workers import WorkerDetails, worker_register

_NUMBERS = itertools.count(1)

RANDOM_CONFIG: dict[str, Any] = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.001, "max": 0.1}, "layers": {"values": [1, 2, 3]}},
}


def make_user(name: str | None = None, **extra: Any) -> User:
    """Return a new person with an own entity of the same name."""
    return User.objects.create_user(name or f"user{next(_NUMBERS)}", password="correct horse", **extra)


def make_sweep(user: User, config: dict[str, Any] | None = None, project: str = "demo") -> Sweep:
    """Return a new sweep in the person's project `project`."""
    return sweep_create(user=user, config=config or RANDOM_CONFIG, project_name=project).sweep


def make_agent(user: User, sweep: Sweep) -> Agent:
    """Return a new agent of the sweep."""
    agent_id = f"agent{next(_NUMBERS):06d}"
    return agent_register(user=user, sweep=sweep, agent_id=agent_id, host="host1", pid=1)[0]


def make_worker(name: str = "worker-1", host: str = "host1", **offers: Any) -> Worker:
    """Return a new worker process that is alive, and takes jobs of the queue `agents` unless told otherwise."""
    offers = {"queues": ["agents"], "slots": 4, "gpus": []} | offers
    return worker_register(details=WorkerDetails(name=name, host=host, pid=next(_NUMBERS), **offers))


def ask(agent: Agent) -> Run:
    """Return the run that the agent gets when it asks; fails where it gets none."""
    claim = suggestion_claim(agent=agent, request_id=f"request{next(_NUMBERS)}")
    assert claim.run is not None, claim
    return claim.run


def start(user: User, run: Run) -> Run:
    """Return a handed-out run as its client has started it."""
    project = run.project
    started, created = run_start(
        user=user,
        details=RunDetails(host="host1"),
        run_id=run.run_id,
        entity_name=project.entity.name,
        project_name=project.name,
    )
    assert not created
    return started


def make_run(user: User, project: str = "demo", **details: Any) -> Run:
    """Return a new running run outside of any sweep."""
    return run_start(user=user, details=RunDetails(**details), project_name=project)[0]
