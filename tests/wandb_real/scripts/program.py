"""A sweep of a program from the command line: it is paused, resumed, updated, and ends in each of its ways."""

import json
import pathlib
import re
import shutil

from common import ENTITY, PROJECT, command, expect, rest, runs, started, the_end, wait_for, works

shutil.copy(pathlib.Path(__file__).with_name("train.py"), "train.py")


def written(name, **keys):
    """Write a sweep's file; JSON is YAML."""
    config = {
        "program": "train.py",
        "method": "grid",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"lr": {"values": [0.1, 0.2]}},
    }
    pathlib.Path(name).write_text(json.dumps(config | keys))
    return name


def made(name):
    """Return the id of the sweep that the command line makes of a file."""
    said = command("sweep", "--project", PROJECT, name)
    found = re.search(rf"wandb agent {ENTITY}/{PROJECT}/(\w+)", said)
    expect(found, said)
    return found[1]


def state(sweep_id):
    """Return the state of a sweep."""
    return rest("GET", f"/sweeps/{sweep_id}")["state"]


def steered(sweep_id, *options):
    """Steer a sweep from the command line."""
    return command("sweep", *options, f"{ENTITY}/{PROJECT}/{sweep_id}")


with works("wandb sweep FILE"):
    quick = made(written("quick.yaml"))
with works("wandb sweep --update"):
    command("sweep", "--project", PROJECT, "--update", f"{ENTITY}/{PROJECT}/{quick}", written("quick.yaml", run_cap=1))
    expect(rest("GET", f"/sweeps/{quick}")["run_cap"] == 1)
agent = started("agent", f"{ENTITY}/{PROJECT}/{quick}")
long = made(written("long.yaml", parameters={"lr": {"value": 0.1}, "steps": {"value": 3000}}))
with works("wandb sweep --pause and --resume"):
    expect(wait_for(lambda: state(quick) in ("RUNNING", "FINISHED")))
    rest("POST", f"/sweeps/{long}/pause", {})
    steered(long, "--resume")
    expect(state(long) == "RUNNING", state(long))
    steered(long, "--pause")
    expect(state(long) == "PAUSED", state(long))
    steered(long, "--resume")
other = started("agent", f"{ENTITY}/{PROJECT}/{long}")
with works("wandb agent with a program, until the sweep is over"):
    agent.wait(180)
    expect(state(quick) == "FINISHED", state(quick))
    expect([run["state"] for run in runs(sweep=quick)] == ["finished"], runs(sweep=quick))
with works("wandb sweep --cancel ends runs and agents"):
    wait_for(lambda: [run for run in runs(sweep=long) if run["state"] == "running"], 180)
    steered(long, "--cancel")
    other.wait(180)
    expect(state(long) == "CANCELED", state(long))
    wait_for(lambda: all(run["state"] == "killed" for run in runs(sweep=long)), 120)
with works("wandb sweep --stop"):
    over = made(written("over.yaml"))
    steered(over, "--stop")
    expect(state(over) == "STOPPED", state(over))
the_end()
