"""Agents as lists show them: with the run that each has, and by their hosts, in a constant number of queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Sum

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Agent, Project, Run, Sweep
from sweeps_app.models.compiled import CompiledQuery
from sweeps_app.selectors.pages import ListPage, list_page

QUARANTINED = "quarantined"
STATES = (*Agent.State.values, QUARANTINED)
_ACTIVE = Q(state=Agent.State.ACTIVE)
_IN_QUARANTINE = Q(quarantined_at__isnull=False)


@dataclass(frozen=True)
class AgentQuery:
    """Which agents: `state` is one of `STATES`, `sweep` an id, `text` a part of the name, the id or the host."""

    state: str = ""
    host: str = ""
    sweep: str = ""
    text: str = ""
    page: int = 1
    page_size: int = 50


class AgentCounts(NamedTuple):
    """How many agents of a sweep are active, how many of them may have runs, how many of all are in quarantine; all."""

    active: int
    free: int
    quarantined: int
    known: int

    def __str__(self) -> str:
        return "-".join(map(str, self))


@dataclass(frozen=True)
class HostFigures:
    """How many agents a host has had and has, and how many attempts have ended on it, and failed."""

    agents: int
    active: int
    done: int
    failed: int


@dataclass(frozen=True)
class FleetTotals:
    """How many agents there are and were, on how many hosts, and what those that are active do."""

    agents: int
    hosts: int
    active: int
    working: int
    paused: int
    leaving: int
    quarantined: int

    @property
    def idle(self) -> int:
        """Return how many of the active ones have no run."""
        return self.active - self.working


@dataclass(frozen=True)
class Quarantine:
    """Why an agent, or a whole host of a sweep, gets no runs; `agent` is one of those concerned."""

    agent: Agent
    agents: int


def agent_counts(sweep: Sweep) -> AgentCounts:
    """Return how many agents a sweep has."""
    return AgentCounts(*(_COUNTS.first(sweep=sweep.pk) or (0, 0, 0, 0)))


def _counts(sweep: int) -> QuerySet[Agent, tuple[int, int, int, int]]:
    is_free = _ACTIVE & Q(order=Agent.Order.NONE, quarantined_at=None)
    counted = (
        Agent.objects.filter(sweep=sweep)
        .order_by()
        .values("sweep")
        .annotate(
            active=Count("pk", filter=_ACTIVE),
            free=Count("pk", filter=is_free),
            quarantined=Count("pk", filter=_IN_QUARANTINE),
            known=Count("pk"),
        )
    )
    return counted.values_list("active", "free", "quarantined", "known")


_COUNTS = CompiledQuery(_counts, integers="sweep")


def sweep_agents(sweep: Sweep) -> QuerySet[Agent]:
    """Return the agents that a sweep has and had."""
    return Agent.objects.filter(sweep=sweep)


def project_agents(project: Project) -> QuerySet[Agent]:
    """Return the agents that the sweeps of a project have and had."""
    return Agent.objects.filter(sweep__project=project, sweep__deleted_at=None)


def agents_found(agents: QuerySet[Agent], query: AgentQuery) -> QuerySet[Agent]:
    """Return those of `agents` that are asked for. Raises `InvalidInput` for a state that does not exist."""
    if query.state and query.state not in STATES:
        raise InvalidInput.of("state", f"'{query.state}' is not one of {', '.join(STATES)}")
    if query.state == QUARANTINED:
        agents = agents.filter(_IN_QUARANTINE)
    elif query.state:
        agents = agents.filter(state=query.state)
    if query.host:
        agents = agents.filter(host=query.host.replace("\x00", ""))
    if query.sweep:
        agents = agents.filter(sweep__sweep_id=query.sweep.replace("\x00", ""))
    text = query.text.replace("\x00", "")
    return agents.filter(Q(name__icontains=text) | Q(agent_id__icontains=text) | Q(host__icontains=text))


def agent_page(agents: QuerySet[Agent], query: AgentQuery) -> ListPage[Agent]:
    """Return the page of `agents` that `query` asks for, by host, and there the oldest first."""
    found = agents_found(agents, query).select_related("sweep").order_by("host", "pk")
    return list_page(found, page=query.page, page_size=query.page_size)


def current_runs(agents: Iterable[Agent]) -> dict[int, Run]:
    """Return the run that each agent has now, by the agent's primary key."""
    held = Run.objects.filter(agent__in=list(agents), state__in=Run.ACTIVE_STATES, queued_at=None)
    return {run.agent_id: run for run in held.order_by("pk") if run.agent_id is not None}


def host_figures(agents: QuerySet[Agent], hosts: Collection[str]) -> dict[str, HostFigures]:
    """Return what is known of each of `hosts` from its `agents`."""
    grouped = (
        agents.filter(host__in=hosts)
        .order_by()
        .values_list("host")
        .annotate(n=Count("pk"), active=Count("pk", filter=_ACTIVE), done=Sum("runs_done"), failed=Sum("runs_failed"))
    )
    return {host: HostFigures(n, active, done, failed) for host, n, active, done, failed in grouped}


def fleet_totals(agents: QuerySet[Agent]) -> FleetTotals:
    """Return how many of `agents` do what."""
    orders = Agent.Order
    counted = agents.order_by().aggregate(
        agents=Count("pk"),
        hosts=Count("host", distinct=True, filter=_ACTIVE),
        active=Count("pk", filter=_ACTIVE),
        paused=Count("pk", filter=_ACTIVE & Q(order=orders.PAUSE)),
        leaving=Count("pk", filter=_ACTIVE & Q(order__in=(orders.DRAIN, orders.KILL))),
        quarantined=Count("pk", filter=_ACTIVE & _IN_QUARANTINE),
    )
    held = Run.objects.filter(
        agent__in=agents.filter(_ACTIVE).order_by().values("pk"), state__in=Run.ACTIVE_STATES, queued_at=None
    )
    return FleetTotals(**counted, working=held.order_by().aggregate(n=Count("agent", distinct=True))["n"])


def quarantines(agents: QuerySet[Agent], limit: int) -> list[Quarantine]:
    """Return what of `agents` is in quarantine, each host or agent once, the newest first, at most `limit`.

    In sweeps that have ended nobody asks for it any more.
    """
    concerned = agents.filter(_IN_QUARANTINE, sweep__finished_at=None).order_by()
    places = concerned.values_list("sweep", "host", "quarantined_at").annotate(newest=Max("pk"), n=Count("pk"))
    found = {newest: n for _, _, _, newest, n in places.order_by("-quarantined_at", "-newest")[:limit]}
    rows = Agent.objects.filter(pk__in=found).select_related("sweep").order_by("-quarantined_at", "-pk")
    return [Quarantine(agent, found[agent.pk]) for agent in rows]
