"""The programs of a project, as its admins manage them."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.program_form import ProgramForm
from dashboard.views.page import Crumb, PageRequest, address, page
from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.models import Program, Project
from sweeps_app.selectors.access import program_get, project_get, require_admin
from sweeps_app.services.programs import program_register, program_remove, program_update

_DONE = {
    "enable": "{} is enabled.",
    "disable": "{} is disabled: jobs that wait for it have failed, and those that run go on.",
    "remove": "{} is removed: jobs that wait for it have failed, and those that run go on.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def register_program(request: PageRequest, entity: str, project: str) -> HttpResponseBase:
    """Show the form that registers a program, or register one."""
    found = project_get(request.user, entity, project)
    require_admin(request.user, found)
    form = ProgramForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            program, _ = program_register(
                user=request.user, project=found, name=form.program_name(), details=form.details()
            )
        except (InvalidInput, Conflict) as error:
            form.take(error)
        else:
            messages.success(request, f"{program} is registered.")
            return redirect(f"{address(entity, project)}/settings#programs")
    return _page(request, found, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit_program(request: PageRequest, entity: str, project: str, program: str) -> HttpResponseBase:
    """Show what is registered, or change it."""
    found = project_get(request.user, entity, project)
    require_admin(request.user, found)
    known = program_get(found, program)
    form = ProgramForm(request.POST or None, program=known)
    if request.method == "POST" and form.is_valid():
        try:
            stored = program_update(user=request.user, program=known, **form.changes())
        except (InvalidInput, Conflict) as error:
            form.take(error)
        else:
            at = f" at {stored.commit[:12]}" if stored.commit else ""
            messages.success(request, f"{stored} is changed{at}.")
            return redirect(f"{address(entity, project)}/settings#programs")
    return _page(request, found, form, known)


@require_POST
@page
def change_program(request: PageRequest, entity: str, project: str, program: str, action: str) -> HttpResponseBase:
    """Enable, disable or remove a program."""
    known = program_get(project_get(request.user, entity, project), program)
    if action == "remove":
        program_remove(user=request.user, program=known)
    else:
        program_update(user=request.user, program=known, is_enabled=action == "enable")
    messages.success(request, _DONE[action].format(known.name))
    return redirect(f"{address(entity, project)}/settings#programs")


def _page(request: PageRequest, project: Project, form: ProgramForm, program: Program | None) -> HttpResponseBase:
    entity = project.entity.name
    url = address(entity, project.name)
    context: dict[str, Any] = {
        "project": project,
        "program": program,
        "form": form,
        "settings_url": f"{url}/settings",
        "crumbs": [
            Crumb(entity, address(entity)),
            Crumb(project.name, url),
            Crumb("Settings", f"{url}/settings"),
            Crumb(program.name if program else "Register a program"),
        ],
    }
    return render(request, "pages/program.html", context, status=400 if form.errors else 200)
