"""The agents of a project, and what a person tells them."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from dashboard.fleet import STATES, Fleet, read_fleet
from dashboard.live import live_page
from dashboard.views.control import done
from dashboard.views.page import Crumb, PageRequest, address, page
from sweeps_app.models import Agent, Project
from sweeps_app.selectors.access import agent_get, project_get
from sweeps_app.selectors.marks import FLEET
from sweeps_app.services.orders import agent_order
from sweeps_app.services.quarantine import agent_release

_DONE = {
    "pause": "The agent is paused: it gets no runs until it is resumed.",
    "resume": "The agent gets runs again.",
    "drain": "The agent ends after the run that it has.",
    "kill": "The agent is told to end. Its run goes to another one.",
}


@require_safe
@page
def fleet(request: PageRequest, entity: str, project: str) -> HttpResponseBase:
    """Show the agents of a project."""
    found = project_get(request.user, entity, project)
    shown = read_fleet(request, found)
    return live_page(request, "fleet", lambda: shown.version, lambda: _context(found, shown), watched=(FLEET, found.pk))


@require_POST
@page
def order_agent(request: PageRequest, entity: str, project: str, agent_id: str, order: str) -> HttpResponseBase:
    """Pause, resume, drain or kill an agent."""
    if order not in _DONE:
        raise Http404(f"nobody can {order} an agent")
    agent_order(agent=_agent_at(request, entity, project, agent_id), action=order)
    return done(request, _DONE[order], address(entity, project, "agents"))


@require_POST
@page
def release_agent(request: PageRequest, entity: str, project: str, agent_id: str) -> HttpResponseBase:
    """Let an agent, or its host, out of quarantine."""
    agent = _agent_at(request, entity, project, agent_id)
    place = agent.host if agent.quarantined_with_host else agent
    agent_release(agent=agent)
    message = f"{place} gets runs again. Only what fails from now on speaks against it."
    return done(request, message, address(entity, project, "agents"))


def _agent_at(request: PageRequest, entity: str, project: str, agent_id: str) -> Agent:
    agent = agent_get(request.user, agent_id)
    if agent.sweep.project_id != project_get(request.user, entity, project).pk:
        raise Http404(f"no agent '{agent_id}' in '{entity}/{project}'")
    return agent


def _context(project: Project, fleet: Fleet) -> dict[str, Any]:
    entity = project.entity.name
    return {
        "project": project,
        "fleet": fleet,
        "url": address(entity, project.name, "agents"),
        "states": STATES,
        "is_active": fleet.totals.active > 0,
        "crumbs": [Crumb(entity, address(entity)), Crumb(project.name, address(entity, project.name)), Crumb("Agents")],
    }
