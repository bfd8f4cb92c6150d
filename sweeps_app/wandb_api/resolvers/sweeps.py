"""Sweeps, and their agents."""

from typing import Any

import yaml
from django.db.models import QuerySet

from sweeps_app.models import Agent, Run, Sweep
from sweeps_app.selectors.run_conditions import runs_ordered, runs_where
from sweeps_app.selectors.sweeps import best_run, expected_runs
from sweeps_app.wandb_api.binding import resolves, resolves_each
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.local_controller import schedule_of, scheduled_of
from sweeps_app.wandb_api.paging import MAX_FIRST, by, connection, whole
from sweeps_app.wandb_api.rows import run_rows
from sweeps_app.wandb_api.translation.keys import sweep_key
from sweeps_app.wandb_api.translation.states import sweep_state
from sweeps_app.wandb_api.translation.values import read_object

_MAX_AGENTS = 1_000
# What a controller in a process of the user reads: all runs of its sweep.
_MAX_RUNS = 10_000


@resolves("Sweep", "runs")
def runs(
    sweep: Sweep,
    context: Context,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """Return a page of the runs of a sweep; all of them where no page is asked for."""
    found = runs_where(Run.objects.filter(sweep=sweep), read_object(filters, "filters"))
    rows = run_rows(runs_ordered(found, order or ""), context)
    if first is None and after is None:
        return whole(list(rows[:_MAX_RUNS]))
    return connection(rows, first, after)


@resolves("Sweep", "agents")
def agents(sweep: Sweep, _: Context, **__: Any) -> dict[str, Any]:
    """Return the agents of a sweep, the newest first."""
    return whole(list(sweep.agents.order_by("-created_at", "-pk")[:_MAX_AGENTS]))


@resolves("Sweep", "agent")
def agent(sweep: Sweep, _: Context, agent_name: str) -> Agent | None:
    """Return an agent by its id, null where there is none."""
    return sweep.agents.filter(agent_id=agent_name).first()


@resolves("Agent", "runs")
def agent_runs(
    parent: Agent,
    context: Context,
    first: int | None = None,
    after: str | None = None,
    order: str | None = None,
    **_: Any,
) -> dict[str, Any]:
    """Return a page of the runs that an agent had last."""
    rows: QuerySet[Run] = runs_ordered(Run.objects.filter(agent=parent), order or "")
    return connection(run_rows(rows, context), min(first or MAX_FIRST, MAX_FIRST), after)


def _best_loss(sweep: Sweep) -> float | None:
    best = best_run(sweep)
    return None if best is None else best.objective


def _config(sweep: Sweep) -> str:
    return str(yaml.safe_dump(sweep.config))


resolves_each(
    "Sweep",
    {
        "id": sweep_key,
        "name": lambda sweep: sweep.sweep_id,
        "displayName": lambda sweep: sweep.name or sweep.sweep_id,
        "state": sweep_state,
        "config": _config,
        "user": lambda sweep: sweep.created_by,
        "createdAt": by("created_at"),
        "updatedAt": lambda sweep: by("finished_at")(sweep) or by("created_at")(sweep),
        "heartbeatAt": lambda sweep: by("started_at")(sweep) or by("created_at")(sweep),
        "bestLoss": _best_loss,
        "runCount": lambda sweep: sweep.runs.count(),
        "runCountExpected": expected_runs,
        "earlyStopJobRunning": lambda sweep: bool(sweep.config.get("early_terminate")),
        "controllerRunName": lambda _: None,
        "controller": schedule_of,
        "scheduler": scheduled_of,
    },
)
resolves_each(
    "Agent",
    {
        "id": lambda parent: parent.agent_id,
        "name": lambda parent: parent.agent_id,
        "state": lambda parent: parent.state.upper(),
        "totalRuns": lambda parent: parent.runs_done,
        "createdAt": by("created_at"),
        "heartbeatAt": by("heartbeat_at"),
    },
)
