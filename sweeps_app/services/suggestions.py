"""Hand out configurations: each one once, however many agents ask.

Methods that take their time have suggestions prepared ahead by a worker (`services/prepare.py`). Where none is ready
and no worker answers, one is made here, outside of any transaction, so that nobody waits for it but the agent that
asked.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from sweeps_app.models import Agent, Project, Run, Suggestion, Sweep, SweepVersion
from sweeps_app.search.request import Suggested
from sweeps_app.search.trials import Trial
from sweeps_app.selectors.sweeps import target_is_reached
from sweeps_app.selectors.trials import Basis, basis_now, trials_known
from sweeps_app.services.agents import agent_renew
from sweeps_app.services.bell import is_preparing, prepare_ring
from sweeps_app.services.making import current_version, is_left_to_others, is_slow, suggestion_make
from sweeps_app.services.repeated import is_repeated
from sweeps_app.services.sweeps import sweep_exhaust

PAUSED_SECONDS = 1.0
BUSY_SECONDS = 0.2
# How long a worker may take to begin before suggestions are made without it.
GRACE = timedelta(seconds=2)

_OVER = {
    Sweep.State.STOPPED: "the sweep was stopped",
    Sweep.State.CANCELED: "the sweep was canceled",
    Sweep.State.FINISHED: "the sweep is finished",
    Sweep.State.FAILED: "the sweep has failed",
}


@dataclass(frozen=True)
class Claim:
    """The answer to an agent: `run` this, `wait` so many seconds, or `exit`."""

    command: str
    run: Run | None = None
    retry_after: float = 0.0
    reason: str = ""


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


def suggestion_claim(*, agent: Agent, request_id: str) -> Claim:
    """Answer an agent that asks for work; the same `request_id` gets the same run again.

    The sweep's row is locked while a suggestion is handed out, so that askers take turns.
    """
    answer = _claim(agent, request_id)
    if isinstance(answer, Claim):
        return answer
    return _claim_made(agent, request_id, answer, answer.make())


@transaction.atomic
def _claim(agent: Agent, request_id: str) -> Claim | _ToMake:
    sweep = Sweep.objects.select_for_update().get(pk=agent.sweep_id)
    agent_renew(agent=agent)
    refusal = _repeated_or_refused(sweep, agent, request_id)
    if refusal is not None:
        return refusal
    prepared = _prepared(sweep)
    if prepared is not None:
        return _hand_out(sweep, agent, request_id, prepared)
    if sweep.is_exhausted:
        return _exit_exhausted(sweep, "the sweep has no configurations left")
    if is_left_to_others(sweep):
        return Claim("wait", retry_after=PAUSED_SECONDS, reason="waiting for the sweep's controller")
    return _make(sweep, agent, request_id)


def _repeated_or_refused(sweep: Sweep, agent: Agent, request_id: str) -> Claim | None:
    repeated = Run.objects.filter(agent=agent, request_id=request_id).first()
    if repeated is not None:
        return Claim("run", run=repeated)
    if sweep.state in _OVER:
        return Claim("exit", reason=_OVER[Sweep.State(sweep.state)])
    if sweep.state == Sweep.State.PAUSED:
        return Claim("wait", retry_after=PAUSED_SECONDS, reason="the sweep is paused")
    if sweep.run_cap is not None and sweep.handed_out >= sweep.run_cap:
        return _exit_exhausted(sweep, f"the sweep has its {sweep.run_cap:,} runs")
    if target_is_reached(sweep):
        return _exit_exhausted(sweep, "a run has reached the metric's target")
    return None


def _make(sweep: Sweep, agent: Agent, request_id: str) -> Claim | _ToMake:
    """Make the next suggestion at once where that is cheap, and otherwise only give it its number."""
    version = current_version(sweep)
    if not is_slow(sweep):
        found = suggestion_make(sweep, version, sweep.next_number, ())
        if found is None:
            return _exit_exhausted(sweep, "the sweep has no configurations left")
        return _hand_out(sweep, agent, request_id, _inserted(sweep, found, Basis()))
    prepare_ring(sweep=sweep)
    if is_preparing(sweep) or (sweep.rung_at and timezone.now() - sweep.rung_at < GRACE):
        return Claim("wait", retry_after=BUSY_SECONDS, reason="the next configurations are being computed")
    basis = basis_now(sweep)
    sweep.next_number += 1
    sweep.save(update_fields=["next_number"])
    return _ToMake(sweep, version, sweep.next_number - 1, basis, trials_known(sweep, basis, version))


@transaction.atomic
def _claim_made(agent: Agent, request_id: str, made: _ToMake, found: Suggested | None) -> Claim:
    """Hand out what was made in the meantime, unless the sweep's state or another answer has come first."""
    sweep = Sweep.objects.select_for_update().get(pk=agent.sweep_id)
    refusal = _repeated_or_refused(sweep, agent, request_id)
    if refusal is not None:
        return refusal
    if sweep.version != made.sweep.version:
        return Claim("wait", retry_after=BUSY_SECONDS, reason="the sweep was edited")
    if found is None:
        return _exit_exhausted(sweep, "the sweep has no configurations left")
    if is_repeated(sweep, found.config, made.basis):
        return Claim("wait", retry_after=BUSY_SECONDS, reason="another agent has just been given the same point")
    return _hand_out(sweep, agent, request_id, _inserted(sweep, found, made.basis))


def _prepared(sweep: Sweep) -> Suggestion | None:
    """Take the best informed of the suggestions prepared under the sweep's version; posted ones in their order."""
    order = ["number"] if is_left_to_others(sweep) else ["-basis__results", "number"]
    waiting = sweep.suggestions.filter(state=Suggestion.State.PREPARED, version=sweep.version)
    suggestion = waiting.order_by(*order).first()
    if suggestion is not None:
        suggestion.state = Suggestion.State.CLAIMED
        suggestion.save(update_fields=["state"])
    return suggestion


def _inserted(sweep: Sweep, found: Suggested, basis: Basis) -> Suggestion:
    return Suggestion.objects.create(
        sweep=sweep,
        number=found.number,
        version=sweep.version,
        config=found.config,
        why=found.why,
        basis=basis.to_json(),
    )


def _hand_out(sweep: Sweep, agent: Agent, request_id: str, suggestion: Suggestion) -> Claim:
    change = Project.next_cursor(sweep.project_id)
    sweep.handed_out += 1
    run = Run.objects.create(
        project=agent.sweep.project,
        sweep=sweep,
        suggestion=suggestion,
        agent=agent,
        request_id=request_id,
        name=f"run-{sweep.handed_out}",
        config=suggestion.config,
        created_by=agent.created_by,
        heartbeat_at=timezone.now(),
        change=change,
    )
    _advance(sweep, suggestion.number + 1, change)
    prepare_ring(sweep=sweep)
    return Claim("run", run=run)


def _advance(sweep: Sweep, next_number: int, change: int) -> None:
    sweep.next_number = max(sweep.next_number, next_number)
    if sweep.state == Sweep.State.PENDING:
        sweep.state = Sweep.State.RUNNING
        sweep.started_at = timezone.now()
    sweep.change = change
    sweep.save(update_fields=["next_number", "handed_out", "state", "started_at", "change"])


def _exit_exhausted(sweep: Sweep, reason: str) -> Claim:
    sweep_exhaust(sweep=sweep)
    return Claim("exit", reason=reason)
