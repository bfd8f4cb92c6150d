"""A sweep whose controller is a process of the user; its agent is another one."""

import os
import sys

import wandb

from common import PROJECT, expect, rest, runs, the_end, works

CONFIG = {
    "method": "grid",
    "controller": {"type": "local"},
    "metric": {"name": "score", "goal": "maximize"},
    "parameters": {"x": {"values": [1, 2]}},
}


def train():
    """Try a configuration."""
    run = wandb.init()
    run.log({"score": run.config["x"]})


reading, writing = os.pipe()
agent = os.fork()
if agent == 0:
    wandb.agent(os.read(reading, 100).decode(), function=train, project=PROJECT)
    sys.exit()

with works("the local controller"):
    sweep_id = wandb.sweep(CONFIG, project=PROJECT)
    os.write(writing, sweep_id.encode())
    wandb.controller(sweep_id).run()
    os.waitpid(agent, 0)
    expect(sorted(run["config"]["x"] for run in runs(sweep=sweep_id)) == [1, 2], runs(sweep=sweep_id))
    expect(rest("GET", f"/sweeps/{sweep_id}")["state"] == "FINISHED")

the_end()
