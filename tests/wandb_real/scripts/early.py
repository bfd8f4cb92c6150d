"""Hyperband stops the worse of two runs."""

import time

import wandb

from common import PROJECT, expect, runs, the_end, works

CONFIG = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"slope": {"values": [1, 2]}},
    "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 3},
}


def train():
    """Log what is worse the larger the slope is; the good run ends at once, the bad one waits to be stopped."""
    run = wandb.init()
    slope = run.config["slope"]
    for step in range(8 if slope == 1 else 100):
        run.log({"loss": slope * (10 - min(step, 8))})
        time.sleep(0.1 if slope == 1 else 1)


with works("early termination reaches the script"):
    sweep_id = wandb.sweep(CONFIG, project=PROJECT)
    wandb.agent(sweep_id, function=train, project=PROJECT)
    ended = {run["config"]["slope"]: run["state"] for run in runs(sweep=sweep_id)}
    expect(ended == {1: "finished", 2: "stopped_early"}, ended)
the_end()
