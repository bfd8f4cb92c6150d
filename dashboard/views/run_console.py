"""The output of a run."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.console_answers import console_data, console_text
from dashboard.views.page import PageRequest, page
from sweeps_app.selectors.access import run_get


@require_safe
@page
def run_console_data(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Return a part of the output for the run's page."""
    return console_data(request, run_get(request.user, entity, project, run_id))


@require_safe
@page
def run_console_text(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Send the output as text."""
    return console_text(request, run_get(request.user, entity, project, run_id))
