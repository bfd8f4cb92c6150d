"""What can be changed of a project: how long it keeps runs, and whether there is one at all."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.forms import RetentionForm
from dashboard.views.page import Crumb, PageRequest, address, page
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, User
from sweeps_app.selectors.access import is_admin, project_get
from sweeps_app.selectors.programs import project_programs
from sweeps_app.selectors.retention import retention_forecast
from sweeps_app.services.deletion import project_delete
from sweeps_app.services.projects import project_update


@require_http_methods(["GET", "HEAD", "POST"])
@page
def project_settings(request: PageRequest, entity: str, project: str) -> HttpResponseBase:
    """Show a project's settings, and take the age limit."""
    found = project_get(request.user, entity, project)
    form = RetentionForm(request.POST or None, initial={"days": found.retention_days}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        changed = project_update(project=found, retention_days=form.cleaned_data["days"] or 0)
        messages.success(request, _told(changed.retention_days))
        return redirect(f"{address(entity, project)}/settings")
    return render(
        request, "pages/project_settings.html", _context(request.user, found, form), status=400 if form.errors else 200
    )


@require_POST
@page
def delete_project(request: PageRequest, entity: str, project: str) -> HttpResponseBase:
    """Delete a project whose name the person has typed."""
    found = project_get(request.user, entity, project)
    if request.POST.get("name", "").strip() != found.name.strip():
        raise InvalidInput.of("name", f"is not the project's: nothing was deleted. Type {found.name}")
    project_delete(project=found)
    messages.success(request, f"{found.name} is deleted.")
    return redirect("home")


def _told(days: int | None) -> str:
    if days is None:
        return "Runs are kept for ever."
    return f"Runs are deleted {days:,} day{'' if days == 1 else 's'} after they have ended."


def _context(user: User, project: Project, form: RetentionForm) -> dict[str, Any]:
    entity = project.entity.name
    url = address(entity, project.name)
    days = project.retention_days
    return {
        "project": project,
        "url": url,
        "form": form,
        "forecast": retention_forecast(project, days, timezone.now()) if days else None,
        "programs": list(project_programs(project)),
        "may_change": is_admin(user, project),
        "has_sources": bool(settings.PROGRAM_ROOTS or settings.PROGRAM_GIT),
        "sweep_count": project.sweeps.count(),
        "run_count": project.runs.count(),
        "crumbs": [Crumb(entity, address(entity)), Crumb(project.name, url), Crumb("Settings")],
    }
