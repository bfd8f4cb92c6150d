"""Hand out configurations: each one once, however many agents ask."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from sweeps_app.models import Agent, Project, Run, Suggestion, Sweep
from sweeps_app.search.suggest import SearchRequest, suggest
from sweeps_app.services.agents import agent_renew
from sweeps_app.services.sweeps import sweep_settle

WAIT_SECONDS = 1.0

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


@transaction.atomic
def suggestion_claim(*, agent: Agent, request_id: str) -> Claim:
    """Answer an agent that asks for work; the same `request_id` gets the same run again.

    The sweep's row is locked for the length of the transaction, so that askers take turns.
    """
    sweep = Sweep.objects.select_for_update().get(pk=agent.sweep_id)
    agent_renew(agent=agent)
    repeated = Run.objects.filter(agent=agent, request_id=request_id).first()
    if repeated is not None:
        return Claim("run", run=repeated)
    if sweep.state in _OVER:
        return Claim("exit", reason=_OVER[Sweep.State(sweep.state)])
    if sweep.state == Sweep.State.PAUSED:
        return Claim("wait", retry_after=WAIT_SECONDS, reason="the sweep is paused")
    return _hand_out(sweep, agent, request_id)


def _hand_out(sweep: Sweep, agent: Agent, request_id: str) -> Claim:
    suggestion = _next_suggestion(sweep)
    if suggestion is None:
        _mark_exhausted(sweep)
        return Claim("exit", reason="the sweep has no configurations left")
    change = Project.next_cursor(sweep.project_id)
    run = Run.objects.create(
        project_id=sweep.project_id,
        sweep=sweep,
        suggestion=suggestion,
        agent=agent,
        request_id=request_id,
        name=f"run-{suggestion.number + 1}",
        config=suggestion.config,
        created_by=agent.created_by,
        heartbeat_at=timezone.now(),
        change=change,
    )
    _advance(sweep, suggestion.number + 1, change)
    return Claim("run", run=run)


def _next_suggestion(sweep: Sweep) -> Suggestion | None:
    """Make the sweep's next suggestion, or return None where its cap or its space is used up."""
    if sweep.is_exhausted or _cap_is_reached(sweep):
        return None
    suggested = suggest(SearchRequest(config=sweep.config, seed=sweep.seed, number=sweep.next_number))
    if suggested is None:
        return None
    return Suggestion.objects.create(sweep=sweep, number=suggested.number, config=suggested.config, why=suggested.why)


def _cap_is_reached(sweep: Sweep) -> bool:
    return sweep.run_cap is not None and sweep.runs.count() >= sweep.run_cap


def _advance(sweep: Sweep, next_number: int, change: int) -> None:
    sweep.next_number = next_number
    if sweep.state == Sweep.State.PENDING:
        sweep.state = Sweep.State.RUNNING
        sweep.started_at = timezone.now()
    sweep.change = change
    sweep.save(update_fields=["next_number", "state", "started_at", "change"])


def _mark_exhausted(sweep: Sweep) -> None:
    if not sweep.is_exhausted:
        sweep.is_exhausted = True
        sweep.state = Sweep.State.RUNNING
        sweep.save(update_fields=["is_exhausted", "state"])
    sweep_settle(sweep=sweep)
