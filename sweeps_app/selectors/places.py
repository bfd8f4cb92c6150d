"""How runs of a sweep end on one agent or host, and elsewhere: what tells whether the machine is to blame."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from sweeps_app.analysis.failures import Tally
from sweeps_app.models import Agent, Run

_DONE, _FAILED = F("runs_done") - F("cleared_done"), F("runs_failed") - F("cleared_failed")
_COUNTS = Q(runs_done__gt=F("cleared_done")) | Q(state=Agent.State.ACTIVE)


@dataclass(frozen=True)
class Place:
    """How runs have ended in a place, and in the others; `places` counts all of them."""

    here: Tally
    elsewhere: Tally
    places: int


def agent_and_host(agent: Agent) -> tuple[Place, Place]:
    """Return how runs of its sweep end with an agent, and with all agents of its host, in one query.

    Agents in quarantine count for nothing, and neither does what was cleared by a release.
    """
    free = Agent.objects.filter(sweep=agent.sweep_id, quarantined_at=None).order_by()
    own, host = Q(pk=agent.pk), Q(host=agent.host)
    found = free.aggregate(
        own_done=Sum(_DONE, filter=own, default=0),
        own_failed=Sum(_FAILED, filter=own, default=0),
        host_done=Sum(_DONE, filter=host, default=0),
        host_failed=Sum(_FAILED, filter=host, default=0),
        done=Sum(_DONE, default=0),
        failed=Sum(_FAILED, default=0),
        agents=Count("pk", filter=_COUNTS),
        hosts=Count("host", distinct=True, filter=_COUNTS),
    )
    return (
        _place(found, Tally(found["own_done"], found["own_failed"]), found["agents"]),
        _place(found, Tally(found["host_done"], found["host_failed"]), found["hosts"]),
    )


def survivors(agent: Agent, since: datetime, *, beside_host: bool) -> int:
    """Return how many runs go on since before `since` with free agents beside this one, or beside its whole host."""
    here = Q(agent__host=agent.host) if beside_host else Q(agent=agent)
    going_on = Run.objects.filter(sweep=agent.sweep_id, state=Run.State.RUNNING, started_at__lt=since)
    return going_on.filter(agent__isnull=False, agent__quarantined_at=None).filter(~here).order_by().count()


def _place(found: dict[str, int], here: Tally, places: int) -> Place:
    return Place(here, Tally(found["done"] - here.done, found["failed"] - here.failed), places)
