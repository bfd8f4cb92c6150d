"""Sweeps with many runs, made at once: pages are asked about thousands."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import numpy as np
from django.utils import timezone

from sweeps_app.columns.series import Series
from sweeps_app.models import Agent, Project, Run, RunMetric, Suggestion, Sweep, User
from sweeps_app.search.space import space_from_config
from sweeps_app.selectors.streams import SYSTEM
from sweeps_app.services.agents import agent_register
from sweeps_app.services.console import console_append
from sweeps_app.services.files import Upload, file_put
from sweeps_app.services.ingest import RowBatch, batch_append, history_append
from sweeps_app.services.retry import run_retry
from sweeps_app.services.runs import run_finish
from tests.factories import ask, make_run, make_sweep, make_user, start

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
# A PNG of one pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


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
    space, rng, began = space_from_config(sweep.config), np.random.default_rng(0), timezone.now() - timedelta(hours=1)
    first = Suggestion.objects.filter(sweep=sweep).count()
    suggestions = Suggestion.objects.bulk_create(
        Suggestion(sweep=sweep, number=first + i, config=space.decode(space.sample(rng)), why=_why(sweep, first + i))
        for i in range(count)
    )
    runs = Run.objects.bulk_create(
        _run(sweep, suggestion, i, count, began + timedelta(seconds=i)) for i, suggestion in enumerate(suggestions)
    )
    RunMetric.objects.bulk_create(_metric(run) for run in runs if run.objective is not None)
    told = {"state": Sweep.State.RUNNING, "started_at": began, "next_number": first + count, "change": _change(sweep)}
    Sweep.objects.filter(pk=sweep.pk).update(**told)
    sweep.refresh_from_db()
    return runs


def fill_streams(run: Run) -> None:
    """Let a run print, measure its machine, keep files and log an image."""
    lines = [[1760000000 + n, "stdout" if n % 5 else "stderr", f"\x1b[3{n % 8};1mstep\x1b[0m {n}"] for n in range(200)]
    console_append(run=run, offset=0, lines=lines)
    names = ("cpu", "memory", "gpu.0", "gpu.0.temperature", "network.sent_mb")
    samples = [{"_timestamp": 1760000000.0 + 10 * n} | dict.fromkeys(names, float(n)) for n in range(40)]
    batch_append(run=run, batch=RowBatch(0, samples), stream=SYSTEM)
    for path in ("media/a.png", "a/very/long/path/" + "x" * 60 + "/notes.txt", "model.bin"):
        content = PIXEL if path.endswith("png") else b"text"
        upload = Upload(BytesIO(content), len(content), hashlib.sha256(content).hexdigest())
        file_put(run=run, path=path, upload=upload)
    image = {"_type": "image-file", "path": "media/a.png", "caption": "a digit"}
    history_append(run=run, offset=run.history_rows, rows=[{"sample": image}, {"sample": image}])


def add_fleet(world: World) -> list[Agent]:
    """Add agents to the world's sweep: two of a host that is in quarantine, and two elsewhere.

    The failed run has had another attempt, and runs that failed in quarantine wait for the next one.
    """
    hosts = ("bad-node", "bad-node", "good-node-of-a-cluster.with-a-long-name.example.org", "other-node")
    agents = [
        agent_register(user=world.owner, sweep=world.sweep, agent_id=f"fleetagent{n}", host=host, pid=4000 + n)[0]
        for n, host in enumerate(hosts)
    ]
    run_retry(run=world.runs[1], user=world.owner)
    for agent, count, code in ((agents[2], 20, 0), (agents[0], 5, 1), (agents[3], 1, 1)):
        for _ in range(count):
            run_finish(run=start(world.owner, ask(agent)), exit_code=code, error="Traceback\nValueError: boom" * code)
    start(world.owner, ask(agents[2]))
    return agents


def _why(sweep: Sweep, number: int) -> dict:
    return {"method": "random", "version": 1, "seed": sweep.seed, "number": number}


def _change(sweep: Sweep) -> int:
    return Project.next_cursor(sweep.project_id)


def _run(sweep: Sweep, suggestion: Suggestion, i: int, count: int, began) -> Run:
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
        started_at=began,
        heartbeat_at=began,
        finished_at=None if state == Run.State.RUNNING else began + timedelta(seconds=30),
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
