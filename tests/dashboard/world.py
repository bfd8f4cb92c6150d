"""Sweeps with many runs, made at once: pages are asked about thousands."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.utils import timezone

from sweeps_app.columns.series import Series
from sweeps_app.models import Project, Run, RunMetric, Suggestion, Sweep, User
from sweeps_app.search.space import space_from_config
from tests.factories import make_run, make_sweep, make_user

CONFIG = {
    "method": "random",
    "name": "tuning",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {
        "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-1},
        "optimizer": {"values": ["adam", "sgd"]},
        "epochs": {"value": 30},
    },
}
STEPS = 10


@dataclass(frozen=True)
class World:
    """A person with a project that has one sweep and a run outside of it."""

    owner: User
    sweep: Sweep
    runs: list[Run]
    alone: Run

    @property
    def project_path(self) -> str:
        return f"/{self.owner.username}/demo"

    @property
    def sweep_path(self) -> str:
        return f"{self.project_path}/sweeps/{self.sweep.sweep_id}"

    @property
    def run_path(self) -> str:
        return f"{self.project_path}/runs/{self.runs[0].run_id}"


def make_world(runs: int = 8) -> World:
    """Return a world whose sweep has `runs` runs: one under way, one failed, the others finished."""
    owner = make_user("owner")
    sweep = make_sweep(owner, CONFIG)
    return World(owner, sweep, add_runs(sweep, runs), make_run(owner, name="alone", config={"seed": 7}))


def add_runs(sweep: Sweep, count: int) -> list[Run]:
    """Add runs with suggestions and curves to a sweep: the first one is under way, the second one has failed.

    The loss of run i of n is (n - i) / n, so that the last one is the best.
    """
    space, rng, start = space_from_config(sweep.config), np.random.default_rng(0), timezone.now() - timedelta(hours=1)
    first = Suggestion.objects.filter(sweep=sweep).count()
    suggestions = Suggestion.objects.bulk_create(
        Suggestion(sweep=sweep, number=first + i, config=space.decode(space.sample(rng)), why=_why(sweep, first + i))
        for i in range(count)
    )
    runs = Run.objects.bulk_create(
        _run(sweep, suggestion, i, count, start + timedelta(seconds=i)) for i, suggestion in enumerate(suggestions)
    )
    RunMetric.objects.bulk_create(_metric(run) for run in runs if run.objective is not None)
    Sweep.objects.filter(pk=sweep.pk).update(state=Sweep.State.RUNNING, started_at=start, change=_change(sweep))
    sweep.refresh_from_db()
    return runs


def _why(sweep: Sweep, number: int) -> dict:
    return {"method": "random", "version": 1, "seed": sweep.seed, "number": number}


def _change(sweep: Sweep) -> int:
    return Project.next_cursor(sweep.project_id)


def _run(sweep: Sweep, suggestion: Suggestion, i: int, count: int, start) -> Run:
    state = {0: Run.State.RUNNING, 1: Run.State.FAILED}.get(i, Run.State.FINISHED)
    loss = None if state == Run.State.FAILED else (count - i) / count
    return Run(
        project_id=sweep.project_id,
        sweep=sweep,
        suggestion=suggestion,
        name=f"run-{suggestion.number:04d}",
        state=state,
        config=suggestion.config,
        summary={} if loss is None else {"loss": loss, "epoch": STEPS - 1},
        objective=loss,
        history_rows=STEPS,
        error="ValueError: boom" if state == Run.State.FAILED else "",
        host="host1",
        created_by=sweep.created_by,
        started_at=start,
        heartbeat_at=start,
        finished_at=None if state == Run.State.RUNNING else start + timedelta(seconds=30),
        change=_change(sweep),
    )


def _metric(run: Run) -> RunMetric:
    steps = np.arange(STEPS, dtype=np.int64)
    values = run.objective + 1.0 - steps / (STEPS - 1)
    return RunMetric(
        run=run,
        name="loss",
        count=STEPS,
        last=run.objective,
        last_step=STEPS - 1,
        minimum=run.objective,
        maximum=run.objective + 1,
        series=Series().extended(steps, values).to_bytes(),
    )
