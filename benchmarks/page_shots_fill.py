"""Fill a server, whose folder the environment names, with what its pages are looked at with: `page_shots_fill.py`.

A project without anything, and one with sweeps of no, one, 1,000 and 10,000 runs, agents, a job, output and files.
Prints the paths of the pages by name, and the cookie of somebody who may see them, as JSON.
"""

import json
import math
import os
import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "sweeps_app.config.settings"

import django
import numpy as np

django.setup()

from django.db import transaction
from django.test import Client
from django.utils import timezone

from sweeps_app.columns.series import Series
from sweeps_app.models import Agent, Project, Result, Run, RunMetric, Suggestion, Sweep, User
from sweeps_app.search.request import SearchRequest
from sweeps_app.search.suggest import suggest
from sweeps_app.services.agents import agent_register
from sweeps_app.services.job_launch import JobSettings, job_launch_once
from sweeps_app.services.projects import project_create
from sweeps_app.services.sharing import share_create
from sweeps_app.services.sweeps import sweep_create
from tests.dashboard.world import fill_streams

PROJECT = "image-classifier"
CONFIG: dict[str, Any] = {
    "method": "random",
    "program": "train.py",
    "metric": {"name": "val_loss", "goal": "minimize"},
    "parameters": {
        "learning_rate": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-1},
        "weight_decay": {"distribution": "log_uniform_values", "min": 1e-6, "max": 1e-2},
        "batch_size": {"values": [16, 32, 64, 128]},
        "dropout": {"min": 0.0, "max": 0.6},
        "layers": {"distribution": "int_uniform", "min": 1, "max": 8},
        "optimizer": {"values": ["adam", "adamw", "sgd"]},
        "epochs": {"value": 40},
    },
}
SIZES = {"empty": 0, "one": 1, "1k": 1_000, "10k": 10_000}
HOSTS = ("gpu-node-01", "gpu-node-02", "gpu-node-03", "trainer-a.lab.example.org")
STEPS = np.arange(40)
STATES = (*[Run.State.FINISHED] * 30, Run.State.FAILED, Run.State.STOPPED_EARLY, Run.State.STOPPED_EARLY)


def main() -> None:
    """Fill, and say where things are."""
    owner = User.objects.order_by("pk").first()
    if owner is None:
        raise SystemExit("the server has made nobody yet")
    project_create(user=owner, name="empty")
    sweeps = {
        name: sweep_create(user=owner, config=CONFIG | {"name": f"sweep of {count:,}"}, project_name=PROJECT).sweep
        for name, count in SIZES.items()
    }
    for name, count in SIZES.items():
        fill(sweeps[name], count)
    runs = Run.objects.filter(sweep=sweeps["1k"]).order_by("-pk")
    for run in runs[:1]:
        fill_streams(run)
    # In a queue that no worker serves, so that it waits and takes no run.
    job, _ = job_launch_once(user=owner, sweep=sweeps["1k"], wanted=JobSettings("digits", queue="nobody"))
    link = share_create(user=owner, sweep=sweeps["1k"], name="for the group", days=7)
    browser = Client()
    browser.force_login(owner)
    paths = paths_of(f"/{owner.username}/{PROJECT}", sweeps, [run.run_id for run in runs[:400:50]], job.job_id)
    paths["shared"] = f"/share/{link.token}"
    print(json.dumps({"session": browser.cookies["sessionid"].value, "paths": paths}))


def paths_of(project: str, sweeps: dict[str, Sweep], runs: list[str], job: str) -> dict[str, str]:
    """Return the path of each page by its name."""
    at = {name: f"{project}/sweeps/{sweep.sweep_id}" for name, sweep in sweeps.items()}
    return {
        **{f"sweep-{name}": path for name, path in at.items()},
        "home": "/",
        "project": project,
        "project-empty": f"/{project.split('/')[1]}/empty",
        "fleet": f"{project}/agents?state=all",
        "fleet-empty": f"/{project.split('/')[1]}/empty/agents",
        "sweep-grouped": f"{at['1k']}?group=config.optimizer,config.layers",
        "sweep-nothing": f"{at['1k']}?query=val_loss < 0",
        "edit": f"{at['1k']}/edit",
        "new": f"{project}/sweeps/new",
        "new-from": f"{project}/sweeps/new?from={sweeps['1k'].sweep_id}&best=3",
        "stopping": f"{at['1k']}/stopping?type=median",
        "launch": f"{at['1k']}/launch",
        "share": f"{at['1k']}/share",
        "run": f"{project}/runs/{runs[0]}",
        **{f"run-{tab}": f"{project}/runs/{runs[0]}?tab={tab}" for tab in ("system", "files", "media", "console")},
        "run-done": f"{project}/runs/{runs[3]}",
        "compare": f"{project}/compare?runs={','.join(runs[1:4])}",
        "compare-many": f"{project}/compare?runs={','.join(runs)}&all=1",
        "job": f"{project}/jobs/{job}",
        "settings": f"{project}/settings",
        "programs": f"{project}/settings/programs",
        "keys": "/settings/keys",
        "admin": "/admin/",
        "api-docs": "/api/v1/docs",
        "not-found": f"{project}/sweeps/nothing0",
        "link-ended": "/welcome/used/link",
        "share-ended": "/share/nothing",
        "login": "/login",
    }


@transaction.atomic
def fill(sweep: Sweep, count: int) -> None:
    """Add so many runs, the newest of them under way, as four hosts with agents would have made them."""
    if not count:
        return
    rng, now = random.Random(7), timezone.now()
    agents = [
        agent_register(user=sweep.created_by, sweep=sweep, agent_id=f"{sweep.sweep_id}{n}", host=host, pid=4100 + n)[0]
        for n, host in enumerate(HOSTS)
    ]
    requests = [SearchRequest(config=sweep.config, seed=sweep.seed, number=number) for number in range(count)]
    suggestions = Suggestion.objects.bulk_create(
        Suggestion(sweep=sweep, number=found.number, config=found.config, why=found.why)
        for found in map(suggest, requests)
        if found
    )
    change = Project.next_cursor(sweep.project_id)
    runs = [
        made(suggestion, agents[n % len(agents)], rng, now - timedelta(seconds=40 * (count - n) + 60), change)
        for n, suggestion in enumerate(suggestions)
    ]
    for run in runs[-3:] if count > 1 else []:
        run.state, run.finished_at, run.heartbeat_at = Run.State.RUNNING, None, now
    Run.objects.bulk_create(runs)
    over = [run for run in runs if run.finished_at]
    Result.objects.bulk_create(
        Result(
            sweep=sweep,
            suggestion=run.suggestion,
            run=run,
            number=number,
            state=Result.State.FINISHED if run.objective is not None else Result.State.FAILED,
            values=[run.objective],
        )
        for number, run in enumerate(over)
    )
    RunMetric.objects.bulk_create(metric for run in runs for metric in metrics_of(run))
    Agent.objects.filter(sweep=sweep).update(runs_done=count // len(agents))
    Sweep.objects.filter(pk=sweep.pk).update(
        next_number=count,
        handed_out=count,
        result_count=len(over),
        state=Sweep.State.RUNNING,
        started_at=runs[0].started_at,
    )


def made(suggestion: Suggestion, agent: Agent, rng: random.Random, began: Any, change: int) -> Run:
    """Return a run that ended in some way."""
    state = rng.choice(STATES)
    loss = None if state == Run.State.FAILED else loss_of(suggestion.config, rng)
    summary = {} if loss is None else {"val_loss": loss, "val_accuracy": math.exp(-loss / 2), "train_loss": 0.8 * loss}
    return Run(
        project_id=suggestion.sweep.project_id,
        sweep=suggestion.sweep,
        suggestion=suggestion,
        agent=agent,
        name=f"run-{suggestion.number + 1}",
        state=state,
        config=suggestion.config,
        summary=summary,
        objective=loss,
        error="" if loss is not None else "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB",
        exit_code=1 if loss is None else 0,
        history_rows=len(STEPS),
        last_step=int(STEPS[-1]),
        host=agent.host,
        created_by=suggestion.sweep.created_by,
        created_at=began,
        started_at=began,
        heartbeat_at=began,
        finished_at=began + timedelta(seconds=rng.uniform(40, 155)),
        change=change,
    )


def loss_of(config: dict[str, Any], rng: random.Random) -> float:
    """Return a loss that is least near a learning rate of 2e-3, and for some dropout."""
    rate = (math.log10(config["learning_rate"]) + 2.7) ** 2 * (1.3 if config["optimizer"] == "sgd" else 0.6)
    shape = 1.5 * (config["dropout"] - 0.25) ** 2 + 0.03 * abs(config["layers"] - 5) + 0.002 * config["batch_size"]
    return 0.2 + rate * 0.3 + shape + abs(rng.gauss(0, 0.06))


def metrics_of(run: Run) -> list[RunMetric]:
    """Return the curves of a run: each goes to the value in the summary."""
    steps = STEPS[:12] if run.state == Run.State.STOPPED_EARLY else STEPS
    noise = np.random.default_rng(run.suggestion.number if run.suggestion else 0).normal(0, 0.03, len(steps))
    found = []
    for name, last in run.summary.items():
        away = (-0.7 if name == "val_accuracy" else 1.5) * np.exp(-steps / 9) + noise * (steps < steps[-1])
        values = last + away - away[-1]
        found.append(
            RunMetric(
                run=run,
                name=name,
                count=len(steps),
                last=last,
                last_step=int(steps[-1]),
                minimum=values.min(),
                maximum=values.max(),
                series=Series().extended(steps, values).to_bytes(),
            )
        )
    return found


if __name__ == "__main__":
    main()
