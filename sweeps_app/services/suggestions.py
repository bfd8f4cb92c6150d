"""Hand out configurations: each one once, however many agents ask.

Methods that take their time have suggestions prepared ahead by a worker (`services/prepare.py`). Where none is ready
and no worker answers, one is made here, outside of any transaction, so that nobody waits for it but the agent that
asked.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import NotFound
from sweeps_app.models import Agent, Project, Run, Suggestion, Sweep, SweepVersion
from sweeps_app.models.agent import KnownRuns
from sweeps_app.models.compiled_writes import insert_row, update_row
from sweeps_app.search.request import Suggested
from sweeps_app.search.trials import Trial
from sweeps_app.selectors.access import SHOWN_WITH_RUN
from sweeps_app.selectors.sweeps import target_is_reached
from sweeps_app.selectors.trials import Basis, basis_now, trials_known
from sweeps_app.services.agents import agent_renew
from sweeps_app.services.attempts import queue_first, queue_give_up
from sweeps_app.services.bell import BELL_SECONDS, is_preparing, prepare_ring
from sweeps_app.services.liveness import REVIVED, revive, run_locked
from sweeps_app.services.locks import sweep_locked
from sweeps_app.services.making import current_version, is_left_to_others, is_slow, suggestion_make
from sweeps_app.services.repeated import is_repeated
from sweeps_app.services.sweeps import sweep_exhaust

PAUSED_SECONDS = 1.0
BUSY_SECONDS = 0.2
# How long a worker may take to begin before suggestions are made without it.
GRACE = timedelta(seconds=2)

_GIVEN = ("agent", "request_id", "heartbeat_at", "state", "started_at", "host", "program")
_OVER = {
    Sweep.State.STOPPED: "the sweep was stopped",
    Sweep.State.CANCELED: "the sweep was canceled",
    Sweep.State.FINISHED: "the sweep is finished",
    Sweep.State.FAILED: "the sweep has failed",
}


@dataclass(frozen=True)
class Claim:
    """The answer to an agent: `run` this, `wait` so many seconds, or `exit`.

    Who waits may ask at once when the sweep's count of news has passed `woken`, and is to ask after `hold` seconds.
    """

    command: str
    run: Run | None = None
    retry_after: float = 0.0
    reason: str = ""
    woken: int = 0
    hold: float = 0.0


@dataclass(frozen=True)
class Place:
    """Where an agent runs what it is given."""

    host: str = ""
    program: str = ""


@dataclass(frozen=True)
class _ToMake:
    """A suggestion that has its number and its basis, and is still to be made."""

    sweep: Sweep
    version: SweepVersion
    number: int
    basis: Basis
    trials: list[Trial]

    def make(self) -> Suggested | None:
        """Make it."""
        return suggestion_make(self.sweep, self.version, self.number, self.trials)


@dataclass(frozen=True)
class Asked:
    """A question for work: by whom, under which id, and where the run is to start with the answer, if it is."""

    agent: Agent
    request_id: str
    place: Place | None = None


def suggestion_claim(*, agent: Agent, request_id: str, place: Place | None = None) -> Claim:
    """Answer an agent that asks for work; the same `request_id` gets the same run again.

    With a `place` the run starts there at once, as if the agent had said so next. The sweep's row is locked while a
    run is handed out, so that askers take turns. Runs that wait for another attempt come first.
    """
    asked = Asked(agent, request_id, place)
    answer = _claim(asked)
    if isinstance(answer, Claim):
        return answer
    return _claim_made(asked, answer, answer.make())


@transaction.atomic
def _claim(asked: Asked) -> Claim | _ToMake:
    sweep = _locked_sweep(asked.agent)
    known = agent_renew(agent=asked.agent, request_id=asked.request_id)
    refusal = _answered_or_refused(sweep, asked, known)
    if refusal is not None:
        return refusal
    prepared = _prepared(sweep)
    if prepared is not None:
        return _hand_out(sweep, asked, prepared)
    if sweep.is_exhausted:
        return _exit_exhausted(sweep, "the sweep has no configurations left")
    if is_left_to_others(sweep):
        return _wait(sweep, PAUSED_SECONDS, "waiting for the sweep's controller")
    return _make(sweep, asked)


def _locked_sweep(agent: Agent) -> Sweep:
    sweep = sweep_locked(agent.sweep_id)
    if sweep is None:
        raise NotFound("the agent's sweep has been deleted meanwhile")
    return sweep


def _answered_or_refused(sweep: Sweep, asked: Asked, known: KnownRuns) -> Claim | None:
    """Return the answer where it needs no new suggestion."""
    if known.repeated is not None:
        return _repeated(Run.everything.select_related(*SHOWN_WITH_RUN).get(pk=known.repeated))
    if sweep.state in _OVER:
        return Claim("exit", reason=_OVER[Sweep.State(sweep.state)])
    if ordered := _ordered(sweep, asked.agent):
        return ordered
    if sweep.state == Sweep.State.PAUSED:
        return _wait(sweep, PAUSED_SECONDS, "the sweep is paused")
    if target_is_reached(sweep):
        queue_give_up(sweep=sweep)
        return _exit_exhausted(sweep, "a run has reached the metric's target")
    waiting = None if known.waiting is None else queue_first(sweep=sweep)
    if waiting is not None:
        return _hand_out_again(sweep, asked, waiting)
    if sweep.run_cap is not None and sweep.handed_out >= sweep.run_cap:
        return _exit_exhausted(sweep, f"the sweep has its {sweep.run_cap:,} runs")
    return None


def _repeated(run: Run) -> Claim:
    """Return the run that the question was answered with before; it is no longer given back, if it was."""
    if run.queued_at is not None:
        locked = run_locked(run)
        locked.heartbeat_at = timezone.now()
        revive(locked, locked.heartbeat_at)
        locked.save(update_fields=[*REVIVED, "heartbeat_at"])
        run.state, run.queued_at, run.started_at = locked.state, locked.queued_at, locked.started_at
    return Claim("run", run=run)


def _ordered(sweep: Sweep, agent: Agent) -> Claim | None:
    """Return the answer to an agent that is to have no run."""
    if agent.order in (Agent.Order.DRAIN, Agent.Order.KILL):
        return Claim("exit", reason="the agent was told to end")
    if agent.order == Agent.Order.PAUSE:
        return _wait(sweep, PAUSED_SECONDS, "the agent is paused")
    if agent.quarantined_at is not None:
        return _wait(sweep, PAUSED_SECONDS, f"the agent is in quarantine: {agent.quarantine_reason}")
    return None


def _make(sweep: Sweep, asked: Asked) -> Claim | _ToMake:
    """Make the next suggestion at once where that is cheap, and otherwise only give it its number."""
    version = current_version(sweep)
    if not is_slow(sweep):
        found = suggestion_make(sweep, version, sweep.next_number, ())
        if found is None:
            return _exit_exhausted(sweep, "the sweep has no configurations left")
        return _hand_out(sweep, asked, _inserted(sweep, found, Basis()))
    earlier = sweep.rung_at
    prepare_ring(sweep=sweep)
    if is_preparing(sweep) or _may_begin(sweep.rung_at, earlier):
        return _wait(sweep, BUSY_SECONDS, "the next configurations are being computed", GRACE.total_seconds())
    basis = basis_now(sweep)
    sweep.next_number += 1
    sweep.save(update_fields=["next_number"])
    return _ToMake(sweep, version, sweep.next_number - 1, basis, trials_known(sweep, basis, version))


@transaction.atomic
def _claim_made(asked: Asked, made: _ToMake, found: Suggested | None) -> Claim:
    """Hand out what was made in the meantime, unless the sweep's state or another answer has come first."""
    sweep = _locked_sweep(asked.agent)
    known = agent_renew(agent=asked.agent, request_id=asked.request_id)
    refusal = _answered_or_refused(sweep, asked, known)
    if refusal is not None:
        return refusal
    if sweep.version != made.sweep.version:
        return _wait(sweep, BUSY_SECONDS, "the sweep was edited", 0.0)
    if found is None:
        return _exit_exhausted(sweep, "the sweep has no configurations left")
    if is_repeated(sweep, found.config, made.basis):
        return _wait(sweep, BUSY_SECONDS, "another agent has just been given the same point", 0.0)
    return _hand_out(sweep, asked, _inserted(sweep, found, made.basis))


def _prepared(sweep: Sweep) -> Suggestion | None:
    """Take the best informed of the suggestions prepared under the sweep's version; posted ones in their order."""
    if not (is_left_to_others(sweep) or is_slow(sweep)):
        return None
    order = ["number"] if is_left_to_others(sweep) else ["-basis__results", "number"]
    waiting = sweep.suggestions.filter(state=Suggestion.State.PREPARED, version=sweep.version)
    suggestion = waiting.order_by(*order).first()
    if suggestion is not None:
        suggestion.state = Suggestion.State.CLAIMED
        update_row(suggestion, ["state"])
    return suggestion


def _may_begin(rung_at: datetime | None, earlier: datetime | None) -> bool:
    """Tell whether a worker may still answer the bell.

    An agent that asks every few seconds rings it each time: where nobody has answered the ring before, nobody does.
    """
    now = timezone.now()
    is_unanswered = earlier is not None and GRACE <= now - earlier <= timedelta(seconds=BELL_SECONDS)
    return rung_at is not None and now - rung_at < GRACE and not is_unanswered


def _inserted(sweep: Sweep, found: Suggested, basis: Basis) -> Suggestion:
    suggestion = Suggestion(
        sweep=sweep,
        number=found.number,
        version=sweep.version,
        config=found.config,
        why=found.why,
        basis=basis.to_json(),
    )
    insert_row(suggestion)
    return suggestion


def _hand_out(sweep: Sweep, asked: Asked, suggestion: Suggestion) -> Claim:
    change = Project.next_cursor(sweep.project_id)
    sweep.handed_out += 1
    run = Run(
        project=asked.agent.sweep.project,
        sweep=sweep,
        suggestion=suggestion,
        name=f"run-{sweep.handed_out}",
        config=suggestion.config,
        created_by=asked.agent.created_by,
        change=change,
    )
    _give(run, asked)
    insert_row(run)
    _advance(sweep, suggestion.number + 1, change)
    prepare_ring(sweep=sweep)
    return Claim("run", run=run)


def _hand_out_again(sweep: Sweep, asked: Asked, run: Run) -> Claim:
    """Hand out a run that waits for another attempt."""
    run.attempt += 1
    run.queued_at, run.started_at = None, None
    run.change = Project.next_cursor(sweep.project_id)
    run.sweep = sweep
    _give(run, asked)
    run.save(update_fields=[*_GIVEN, "attempt", "queued_at", "change"])
    _advance(sweep, 0, run.change)
    return Claim("run", run=run)


def _give(run: Run, asked: Asked) -> None:
    now = timezone.now()
    run.agent, run.request_id, run.heartbeat_at = asked.agent, asked.request_id, now
    if asked.place is not None:
        run.state, run.started_at = Run.State.RUNNING, now
        run.host, run.program = asked.place.host, asked.place.program


def _advance(sweep: Sweep, next_number: int, change: int) -> None:
    sweep.next_number = max(sweep.next_number, next_number)
    if sweep.state == Sweep.State.PENDING:
        sweep.state = Sweep.State.RUNNING
        sweep.started_at = timezone.now()
    sweep.change = change
    update_row(sweep, ["next_number", "handed_out", "state", "started_at", "change"])


def _wait(sweep: Sweep, seconds: float, reason: str, hold: float = math.inf) -> Claim:
    return Claim("wait", retry_after=seconds, reason=reason, woken=sweep.woken, hold=hold)


def _exit_exhausted(sweep: Sweep, reason: str) -> Claim:
    sweep_exhaust(sweep=sweep)
    return Claim("exit", reason=reason)
