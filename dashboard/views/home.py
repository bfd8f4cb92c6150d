"""Where one arrives: projects, their numbers, and the newest sweeps."""

from typing import Any

from django.db.models import F, QuerySet
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.live import live_page
from dashboard.sweep_list import sweep_rows
from dashboard.views.page import Crumb, PageRequest, page, whole_number
from sweeps_app.models import Entity, Project, Sweep
from sweeps_app.selectors.access import entity_get, memberships_of, visible_projects
from sweeps_app.selectors.marks import PERSON
from sweeps_app.selectors.overview import projects_overview
from sweeps_app.selectors.pages import list_page
from sweeps_app.selectors.sweeps import visible_sweeps
from sweeps_app.selectors.versions import projects_version

PAGE_SIZE = 50
RECENT_SWEEPS = 8


@require_safe
@page
def home(request: PageRequest) -> HttpResponseBase:
    """Show every project that the person may see."""
    projects = visible_projects(request.user)
    sweeps = visible_sweeps(request.user)
    entities = [membership.entity for membership in memberships_of(request.user)]
    return live_page(
        request,
        "home",
        lambda: projects_version(projects),
        lambda: _context(request, projects, sweeps, entities),
        watched=(PERSON, request.user.pk),
    )


@require_safe
@page
def entity(request: PageRequest, entity: str) -> HttpResponseBase:
    """Show the projects of one person or team."""
    found = entity_get(request.user, entity)
    projects = visible_projects(request.user).filter(entity=found)
    sweeps = visible_sweeps(request.user).filter(project__entity=found)
    return live_page(
        request,
        "home",
        lambda: projects_version(projects),
        lambda: (
            _context(request, projects, sweeps, [found])
            | {"entity": found, "heading": found.name, "crumbs": [Crumb(found.name)]}
        ),
        watched=(PERSON, request.user.pk),
    )


def _context(
    request: PageRequest, projects: QuerySet[Project], sweeps: QuerySet[Sweep], entities: list[Entity]
) -> dict[str, Any]:
    shows_archived = "archived" in request.GET
    listed = projects.filter(archived_at__isnull=not shows_archived)
    overview = projects_overview(listed).order_by(F("last_run_at").desc(nulls_last=True), "-pk")
    found = list_page(overview, page=whole_number(request, "page", 1), page_size=PAGE_SIZE)
    recent = sweep_rows(list(sweeps.filter(project__archived_at=None)[:RECENT_SWEEPS]))
    return {
        "projects": found,
        "recent": recent,
        "entities": entities,
        "heading": "Projects",
        "shows_archived": shows_archived,
        "archived_count": projects.filter(archived_at__isnull=False).count(),
        "is_active": any(row.is_active for row in recent),
        "server": request.build_absolute_uri("/").rstrip("/"),
    }
