"""A sweep whose agent calls a function, and what the client's API tells of it."""

import wandb

from common import ENTITY, PROJECT, expect, rest, the_end, works

GRID = {
    "name": "by function",
    "method": "grid",
    "metric": {"name": "score", "goal": "maximize"},
    "parameters": {"x": {"values": [1, 2]}, "fixed": {"value": "f"}, "inner": {"parameters": {"y": {"value": 3}}}},
}
seen = []


def train():
    """Try a configuration."""
    run = wandb.init()
    seen.append(run.config["x"])
    expect(run.config["inner"]["y"] == 3 and run.config["fixed"] == "f", dict(run.config))
    run.define_metric("score", summary="max")
    run.log({"score": run.config["x"] * 10})
    run.log({"score": run.config["x"]})


with works("wandb.sweep"):
    sweep_id = wandb.sweep(GRID, project=PROJECT)
with works("wandb.agent with a function, each point once, told to exit"):
    wandb.agent(sweep_id, function=train, project=PROJECT)
    expect(seen == [1, 2], seen)
    expect(rest("GET", f"/sweeps/{sweep_id}")["state"] == "FINISHED")
with works("the sweep sees the metric as it was defined"):
    best = rest("GET", f"/sweeps/{sweep_id}")["best_run"]
    expect(best["objective"] == 20, best)
api = wandb.Api()
with works("Api().sweep"):
    sweep = api.sweep(f"{ENTITY}/{PROJECT}/{sweep_id}")
    expect(sweep.state.upper() == "FINISHED" and sweep.config["method"] == "grid", sweep.state)
    expect(sorted(run.config["x"] for run in sweep.runs) == [1, 2], [run.config for run in sweep.runs])
    expect(sweep.best_run().config["x"] == 2, sweep.best_run().config)
the_end()
