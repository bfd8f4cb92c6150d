"""Change the configuration of a sweep that runs."""

from typing import Any

import yaml
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dashboard.forms import ConfigForm
from dashboard.sweep_config import config_yaml
from dashboard.views.page import Crumb, PageRequest, address, page
from dashboard.views.sweep import sweep_at
from sweeps_app.errors import FieldProblem, InvalidInput
from sweeps_app.models import Sweep
from sweeps_app.services.editing import sweep_edit


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit_sweep(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Show the configuration as text, and take the changed one."""
    sweep = sweep_at(request.user, entity, project, sweep_id)
    url = address(entity, project, "sweeps", sweep.sweep_id)
    form = ConfigForm(request.POST or None, initial={"config": config_yaml(sweep.config)})
    problems: tuple[FieldProblem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            edited = sweep_edit(sweep=sweep, user=request.user, config=_parsed(form.cleaned_data["config"]))
        except InvalidInput as error:
            problems = error.problems
        else:
            messages.success(request, f"Version {edited.sweep.version} of the sweep holds from the next run on.")
            for warning in edited.warnings:
                messages.warning(request, f"{warning.path}: {warning.message}")
            return redirect(url)
    return render(
        request, "pages/sweep_edit.html", _context(sweep, url, form, problems), status=400 if problems else 200
    )


def _parsed(text: str) -> Any:
    """Return the configuration that YAML text describes; raises `InvalidInput` with the line that is wrong."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or "cannot be read"
        raise InvalidInput.of("config", f"is no YAML: {what}{place}") from None


def _context(sweep: Sweep, url: str, form: ConfigForm, problems: tuple[FieldProblem, ...]) -> dict[str, Any]:
    entity, project = sweep.project.entity.name, sweep.project.name
    return {
        "sweep": sweep,
        "url": url,
        "form": form,
        "problems": problems,
        "is_over": sweep.state not in Sweep.ACTIVE_STATES,
        "crumbs": [
            Crumb(entity, address(entity)),
            Crumb(project, address(entity, project)),
            Crumb(str(sweep), url),
            Crumb("Edit"),
        ],
    }
