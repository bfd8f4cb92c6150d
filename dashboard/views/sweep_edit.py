"""Change the configuration of a sweep that runs."""

from typing import Any

from django.contrib import messages
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.editor.answer import editor_answer
from dashboard.editor.check import CheckedText, check_text, refused_notes
from dashboard.editor.forms import CheckForm, EditorForm
from dashboard.editor.options import editor_options
from dashboard.editor.written import written
from dashboard.editor.yaml_text import read_yaml
from dashboard.views.page import Crumb, PageRequest, address, page
from dashboard.views.sweep import sweep_at
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Sweep
from sweeps_app.selectors.run_times import run_seconds
from sweeps_app.selectors.sweeps import active_agents
from sweeps_app.services.editing import edit_problems, sweep_edit


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit_sweep(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Show the configuration in the editor, and take the changed one."""
    sweep = sweep_at(request.user, entity, project, sweep_id)
    if request.method != "POST":
        return _page(request, sweep, EditorForm(text=written(sweep.config)), CheckedText())
    form = EditorForm(request.POST)
    if not form.is_valid():
        return _page(request, sweep, form, CheckedText())
    checked = _checked(sweep, form.cleaned_data["config"])
    if checked.problems:
        return _page(request, sweep, form, checked)
    try:
        edited = sweep_edit(sweep=sweep, user=request.user, config=checked.given)
    except InvalidInput as error:  # somebody else has changed it since it was looked at
        notes = refused_notes(error.problems, read_yaml(form.cleaned_data["config"]))
        return _page(request, sweep, form, CheckedText(notes=tuple(notes)))
    messages.success(request, f"Version {edited.sweep.version} of the sweep holds from the next run on.")
    for warning in edited.warnings:
        messages.warning(request, f"{warning.path}: {warning.message}")
    return redirect(address(entity, project, "sweeps", sweep.sweep_id))


@require_POST
@page
def check_edit(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Tell what is wrong with a changed text, what it would draw, and what the runs that are left would cost."""
    sweep = sweep_at(request.user, entity, project, sweep_id)
    form = CheckForm(request.POST)
    if not form.is_valid():
        raise InvalidInput.of("config", " ".join(str(said) for errors in form.errors.values() for said in errors))
    answer = editor_answer(
        _checked(sweep, form.cleaned_data["config"]),
        seconds=run_seconds(sweep),
        source="this sweep",
        agents=form.cleaned_data["agents"] or 1,
        had=sweep.handed_out,
    )
    return JsonResponse(answer)


def _checked(sweep: Sweep, text: str) -> CheckedText:
    return check_text(text, lambda config: edit_problems(sweep, config))


def _page(request: PageRequest, sweep: Sweep, form: EditorForm, checked: CheckedText) -> HttpResponseBase:
    entity, project = sweep.project.entity.name, sweep.project.name
    url = address(entity, project, "sweeps", sweep.sweep_id)
    context: dict[str, Any] = {
        "sweep": sweep,
        "form": form,
        "notes": checked.problems,
        "editor_url": f"{url}/edit",
        "options": editor_options(is_running=True),
        "agents": max(active_agents(sweep), 1),
        "save_label": f"Save as version {sweep.version + 1}",
        "back_url": url,
        "is_over": sweep.state not in Sweep.ACTIVE_STATES,
        "crumbs": [
            Crumb(entity, address(entity)),
            Crumb(project, address(entity, project)),
            Crumb(str(sweep), url),
            Crumb("Edit"),
        ],
    }
    return render(request, "editor/edit.html", context, status=400 if form.is_bound else 200)
