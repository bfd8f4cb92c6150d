"""The fleet of a project: its agents by host, what each does, which are in quarantine, and what can be done to them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from dashboard.views.page import address, whole_number
from sweeps_app.models import Agent, Project, Run, Sweep
from sweeps_app.selectors.fleet import (
    AgentQuery,
    FleetTotals,
    HostFigures,
    Quarantine,
    agent_page,
    agents_found,
    current_runs,
    fleet_totals,
    host_figures,
    project_agents,
    quarantines,
)
from sweeps_app.selectors.pages import ListPage
from sweeps_app.selectors.workers import Room, fleet_workers, rooms

PAGE_SIZE = 50
MAX_QUARANTINES = 20
MAX_SWEEPS = 100
MAX_WORKERS = 100
# Workers that have ended are shown for so long.
RECENT = timedelta(minutes=10)
# The list tells anew of signs of life at most so often: an agent gives one every half minute.
HEARTBEAT_SECONDS = 60
EVERYTHING = "all"
STATES = (
    ("", "Active"),
    ("quarantined", "In quarantine"),
    ("lost", "Lost"),
    ("exited", "Exited"),
    (EVERYTHING, "All"),
)

_PAUSE, _RESUME = ("pause", "Pause"), ("resume", "Resume")
_DRAIN, _KILL = ("drain", "Drain"), ("kill", "Kill")
_ACTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    Agent.Order.NONE: (_PAUSE, _DRAIN, _KILL),
    Agent.Order.PAUSE: (_RESUME, _DRAIN, _KILL),
    Agent.Order.DRAIN: (_RESUME, _KILL),
}
_ORDERED = {
    Agent.Order.PAUSE: "paused",
    Agent.Order.DRAIN: "ends after its run",
    Agent.Order.KILL: "told to end",
}


class AgentRow(NamedTuple):
    """An agent with the run that it has, and what can be done to it; `label` is its name, below that of its host."""

    agent: Agent
    label: str
    run: Run | None
    sweep_url: str
    run_url: str
    ordered: str
    actions: tuple[tuple[str, str], ...]


class HostGroup(NamedTuple):
    """The agents of one host that are on this page, and the figures of all that it has."""

    host: str
    figures: HostFigures
    rows: list[AgentRow]


@dataclass(frozen=True)
class Fleet:
    """Everything that the page shows; `shown` is the state that was asked for."""

    query: AgentQuery
    shown: str
    page: ListPage[Agent]
    groups: list[HostGroup]
    totals: FleetTotals
    quarantines: list[Quarantine]
    sweeps: list[Sweep]
    workers: list[Room]

    @property
    def version(self) -> str:
        """Return what changes when the page does, but not with every sign of life."""
        facts = [tuple(_facts(row)) for group in self.groups for row in group.rows]
        figures = [(group.host, group.figures) for group in self.groups]
        held = [(each.agent.pk, each.agents, each.agent.quarantined_at) for each in self.quarantines]
        newest = max((agent.heartbeat_at.timestamp() for agent in self.page.rows), default=0)
        place = (self.page.count, self.page.page, self.page.pages, len(self.sweeps))
        workers = [(room.worker.pk, room.worker.state, room.slots, room.gpus, room.jobs) for room in self.workers]
        beats = [room.worker.heartbeat_at.timestamp() // HEARTBEAT_SECONDS for room in self.workers]
        shown = (facts, figures, held, self.totals, place, newest // HEARTBEAT_SECONDS, workers, beats)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def read_fleet(request: HttpRequest, project: Project) -> Fleet:
    """Return the part of a project's fleet that the address asks for; what makes no sense in it counts as not said."""
    asked = request.GET.get("state", "")
    shown = asked if asked in dict(STATES) else ""
    query = AgentQuery(
        state={"": Agent.State.ACTIVE.value, EVERYTHING: ""}.get(shown, shown),
        sweep=request.GET.get("sweep", ""),
        text=request.GET.get("text", "").strip()[:200],
        page=whole_number(request, "page", 1),
        page_size=PAGE_SIZE,
    )
    scope = agents_found(project_agents(project), AgentQuery(sweep=query.sweep))
    page = agent_page(scope, query)
    with_agents = Exists(Agent.objects.filter(sweep=OuterRef("pk")))
    return Fleet(
        query=query,
        shown=shown,
        page=page,
        groups=list(_groups(project, page, host_figures(scope, {agent.host for agent in page.rows}))),
        totals=fleet_totals(scope),
        quarantines=quarantines(scope, MAX_QUARANTINES),
        sweeps=list(project.sweeps.filter(with_agents).order_by("-created_at", "-pk")[:MAX_SWEEPS]),
        workers=rooms(fleet_workers(ended_after=timezone.now() - RECENT)[:MAX_WORKERS]),
    )


def _groups(project: Project, page: ListPage[Agent], figures: dict[str, HostFigures]) -> Iterator[HostGroup]:
    runs = current_runs(page.rows)
    for host, agents in groupby(page.rows, key=lambda agent: agent.host):
        yield HostGroup(host, figures[host], [_row(project, agent, runs.get(agent.pk)) for agent in agents])


def _row(project: Project, agent: Agent, run: Run | None) -> AgentRow:
    place = (project.entity.name, project.name)
    own = agent.name.removeprefix(f"{agent.host}:")
    return AgentRow(
        agent,
        f"process {own}" if own != agent.name else str(agent),
        run,
        address(*place, "sweeps", agent.sweep.sweep_id),
        address(*place, "runs", run.run_id) if run is not None else "",
        _ORDERED.get(Agent.Order(agent.order), ""),
        () if agent.state == Agent.State.EXITED else _ACTIONS.get(agent.order, ()),
    )


def _facts(row: AgentRow) -> Iterator[Any]:
    agent, run = row.agent, row.run
    yield from (agent.pk, agent.state, agent.exit_reason, agent.order, agent.quarantined_at, agent.quarantine_reason)
    yield from (agent.runs_done, agent.runs_failed)
    if run is not None:
        yield from (run.pk, run.name, run.state, run.attempt, run.stop_requested)
