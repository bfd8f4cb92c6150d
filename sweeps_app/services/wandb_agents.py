"""Agents of the client of Weights & Biases: one kind of request is sign of life, report and question for work at once.

An agent says which runs it has; what it is to do is the answer. An answer may be lost, and a program may end without
having begun its run, so that a run which was given is given once more before it counts as failed.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from sweeps_app.models import Agent, Run, Sweep, WandbRun
from sweeps_app.services.agents import agent_exit, agent_heartbeat
from sweeps_app.services.reconcile import runs_crash
from sweeps_app.services.runs import run_finish
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.wandb_runs import wandb_stop_told

# A run learns by itself that it is to stop, and then loses nothing; its agent would end it in the middle of a step.
STOP_GRACE = timedelta(seconds=20)
# A run that its agent no longer has may still be sending.
SILENCE = timedelta(seconds=45)
MAX_OFFERS = 2
_UNBEGUN = "The agent's program ended without calling wandb.init()."


@dataclass(frozen=True)
class Command:
    """What an agent is to do: `run` a configuration, `stop` a run, or `exit`, which ends its runs."""

    type: str
    run_id: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    program: str | None = None


def wandb_agent_commands(*, agent: Agent, listed: Collection[str]) -> list[Command]:
    """Note that an agent is alive and has the runs `listed`; return what it is to do."""
    now = timezone.now()
    runs = _open_runs(agent)
    theirs = [run for run in runs if run.run_id in listed]
    _keep_alive(theirs, now)
    stops = [*_strangers(agent, runs, listed), *_stops(theirs, now)]
    unsettled = _settle_ended([run for run in runs if run.run_id not in listed and run.state != Run.State.PENDING], now)
    instruction = agent_heartbeat(agent=agent)
    if instruction.command == "exit":
        return _exit_when_over(agent, theirs, stops, instruction.reason, now)
    if stops or listed:
        return stops
    waiting = _unbegun([run for run in runs if run.state == Run.State.PENDING], now)
    return [_given(waiting, agent.sweep)] if waiting is not None else _next(agent, wait=unsettled)


def _open_runs(agent: Agent) -> list[Run]:
    runs = Run.objects.filter(agent=agent, state__in=Run.ACTIVE_STATES, queued_at=None)
    return list(runs.select_related("project", "sweep").order_by("pk"))


def _keep_alive(runs: Sequence[Run], now: datetime) -> None:
    """Count the agent's word for that of its runs, which may take their time before they begin."""
    pks = [run.pk for run in runs]
    Run.objects.filter(pk__in=pks).update(heartbeat_at=now)
    for run in runs:
        run.heartbeat_at = now
        if run.state == Run.State.PENDING:
            WandbRun.objects.update_or_create(run=run, defaults={"offered": MAX_OFFERS})


def _strangers(agent: Agent, runs: Sequence[Run], listed: Collection[str]) -> list[Command]:
    """Return what stops runs that the agent has no longer: they were given to another one, or deleted."""
    known = {run.run_id for run in runs}
    unknown = [run_id for run_id in listed if run_id not in known]
    ended = Run.objects.filter(agent=agent, run_id__in=unknown, queued_at=None).values_list("run_id", flat=True)
    return [Command("stop", run_id) for run_id in unknown if run_id not in set(ended)]


def _stops(runs: Sequence[Run], now: datetime) -> list[Command]:
    asked = [run for run in runs if run.stop_requested]
    return [Command("stop", run.run_id) for run in asked if now - wandb_stop_told(run=run) >= STOP_GRACE]


def _settle_ended(runs: Sequence[Run], now: datetime) -> bool:
    """End runs that their agent no longer has and of which nothing comes any more; tell whether others are left."""
    over = [run for run in runs if run.stop_requested or _silence(run, now) >= SILENCE]
    runs_crash(runs=over, now=now)
    return len(over) < len(runs)


def _silence(run: Run, now: datetime) -> timedelta:
    return now - (run.heartbeat_at or run.created_at)


def _exit_when_over(
    agent: Agent, runs: Sequence[Run], stops: list[Command], reason: str, now: datetime
) -> list[Command]:
    """Tell the agent to exit, which kills its runs, once they have ended or have had the time for it."""
    if any(now - wandb_stop_told(run=run) < STOP_GRACE for run in runs if run.state != Run.State.PENDING):
        return stops
    runs_crash(runs=runs, now=now)
    agent_exit(agent=agent, reason=reason)
    return [Command("exit")]


def _unbegun(runs: Sequence[Run], now: datetime) -> Run | None:
    """Return a run that was given and has not begun, to be given once more; one that was given twice has failed."""
    for run in runs:
        facts, _ = WandbRun.objects.get_or_create(run=run)
        if facts.offered < MAX_OFFERS and not run.stop_requested:
            WandbRun.objects.filter(pk=facts.pk).update(offered=F("offered") + 1)
            Run.objects.filter(pk=run.pk).update(heartbeat_at=now)
            return run
        run_finish(run=run, exit_code=1, error=_UNBEGUN)
    return None


def _next(agent: Agent, *, wait: bool) -> list[Command]:
    """Return a new run; an agent that is to exit waits while a run of its own may come back to the queue."""
    claim = suggestion_claim(agent=agent, request_id=secrets.token_hex(16))
    if claim.run is not None:
        WandbRun.objects.update_or_create(run=claim.run, defaults={"offered": 1, "stop_told_at": None})
        return [_given(claim.run, agent.sweep)]
    if claim.command != "exit" or wait:
        return []
    agent_exit(agent=agent, reason=claim.reason)
    return [Command("exit")]


def _given(run: Run, sweep: Sweep) -> Command:
    return Command("run", run.run_id, run.config, sweep.config.get("program"))
