"""What a person tells an agent to do: wait, go on, end after its run, end at once."""

from django.db import transaction
from django.db.models import QuerySet

from sweeps_app.errors import Conflict, NotFound
from sweeps_app.models import Agent, Project, Run
from sweeps_app.services.bell import EVERYONE, sweep_wake
from sweeps_app.services.locks import sweep_locked

Order, State = Agent.Order, Agent.State

_ORDERS: dict[str, str] = {
    "pause": Order.PAUSE,
    "resume": Order.NONE,
    "drain": Order.DRAIN,
    "kill": Order.KILL,
}
ACTIONS = tuple(_ORDERS)


@transaction.atomic
def agent_order(*, agent: Agent, action: str) -> Agent:
    """Pause, resume, drain or kill an agent, and return it as stored; repeating an action changes nothing.

    A paused agent gets no runs, a drained one ends after the run that it has, and a killed one at once: its run is
    asked to stop, and then waits for another agent, unless a person has stopped the run itself. The last order counts,
    but a kill stays. Raises `Conflict` for an agent that has left, or that is told anything else after a kill.
    """
    sweep = sweep_locked(agent.sweep_id)
    if sweep is None:
        raise NotFound("the agent's sweep has been deleted meanwhile")
    current = Agent.objects.select_related("sweep__project__entity").get(pk=agent.pk)
    order = _ORDERS[action]
    if current.order == order:
        return current
    if current.state == State.EXITED:
        raise Conflict(f"cannot {action} an agent that has left")
    if current.order == Order.KILL:
        raise Conflict(f"cannot {action} an agent that was killed: start another one")
    current.order = order
    current.save(update_fields=["order"])
    under_way = Run.objects.filter(agent=current, state__in=Run.ACTIVE_STATES, queued_at=None)
    if order == Order.KILL:
        _ask_to_leave(current, under_way)
    if not under_way.exists():
        sweep_wake(sweep=sweep, count=EVERYONE)
    return current


def _ask_to_leave(agent: Agent, under_way: QuerySet[Run]) -> None:
    """Ask the runs of a killed agent to stop, so that another one may have them."""
    runs = list(under_way.filter(stop_requested=False).select_for_update(of=("self",)).order_by("pk"))
    if runs:
        Run.objects.filter(pk__in=[run.pk for run in runs]).update(
            stop_requested=True,
            stop_reason=Run.StopReason.AGENT,
            change=Project.next_cursor(agent.sweep.project_id),
        )
