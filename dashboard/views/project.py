"""A project: its sweeps, and all of its runs."""

from typing import Any

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.live import live_page
from dashboard.run_table.table import project_table
from dashboard.sweep_list import sweep_rows
from dashboard.views.page import Crumb, PageRequest, address, page, whole_number
from sweeps_app.models import Project, Run, Sweep
from sweeps_app.selectors.access import project_get
from sweeps_app.selectors.marks import PROJECT
from sweeps_app.selectors.pages import list_page
from sweeps_app.selectors.runs import state_counts
from sweeps_app.selectors.sweeps import project_sweeps

SWEEPS_ON_A_PAGE = 20


@require_safe
@page
def project(request: PageRequest, entity: str, project: str) -> HttpResponseBase:
    """Show a project."""
    found = project_get(request.user, entity, project)
    return live_page(
        request,
        "project",
        lambda: found.cursor,
        lambda: _context(request, found),
        watched=(PROJECT, found.pk),
        parts={"runs": lambda: {"project": found, "table": project_table(request, found)}},
    )


def _context(request: PageRequest, project: Project) -> dict[str, Any]:
    entity = project.entity.name
    sweeps = list_page(project_sweeps(project), page=whole_number(request, "sweeps", 1), page_size=SWEEPS_ON_A_PAGE)
    rows = sweep_rows(sweeps.rows)
    counts = state_counts(Run.objects.filter(project=project))
    return {
        "project": project,
        "sweeps": sweeps,
        "sweep_rows": rows,
        "table": project_table(request, project),
        "server": request.build_absolute_uri("/").rstrip("/"),
        "own": entity == request.user.username,
        "is_active": any(row.is_active for row in rows) or any(counts.get(state) for state in Run.ACTIVE_STATES),
        "ended_states": Sweep.State,
        "crumbs": [Crumb(entity, address(entity)), Crumb(project.name)],
    }
