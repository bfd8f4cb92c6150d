"""What a person may do to a sweep or a run: a form each, or a script that sends the form for an open page."""

from django.contrib import messages
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dashboard.views.page import PageRequest, address, is_from_script, page
from dashboard.views.sweep import sweep_at
from sweeps_app.errors import Conflict
from sweeps_app.models import Sweep
from sweeps_app.selectors.access import run_get
from sweeps_app.services.files import file_delete
from sweeps_app.services.runs import run_stop
from sweeps_app.services.sweeps import sweep_control

_DONE = {
    "pause": "The sweep is paused: agents get no new runs until it is resumed.",
    "resume": "The sweep goes on.",
    "stop": "The sweep is stopped: runs under way end by themselves, and no new ones start.",
    "cancel": "The sweep is canceled: its runs are told to stop.",
}


@require_POST
@page
def control_sweep(request: PageRequest, entity: str, project: str, sweep_id: str, action: str) -> HttpResponseBase:
    """Pause, resume, stop or cancel a sweep."""
    sweep: Sweep = sweep_at(request.user, entity, project, sweep_id)
    sweep_control(sweep=sweep, action=action)
    return done(request, _DONE[action], address(entity, project, "sweeps", sweep_id))


@require_POST
@page
def stop_run(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Ask a run to stop."""
    run = run_get(request.user, entity, project, run_id)
    if not run_stop(run=run):
        raise Conflict("the run has ended already")
    return done(request, "The run is told to stop.", address(entity, project, "runs", run_id))


@require_POST
@page
def delete_file(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Delete the file of a run that the form names."""
    run = run_get(request.user, entity, project, run_id)
    file_delete(run=run, path=request.POST.get("path", "").replace("\x00", ""))
    return done(request, "The file is deleted.", address(entity, project, "runs", run_id) + "?tab=files")


def done(request: PageRequest, message: str, url: str) -> HttpResponseBase:
    """Say that something was done: to a script for its open page, else on the page at `url`."""
    if is_from_script(request):
        return JsonResponse({"message": message})
    messages.success(request, message)
    return redirect(url)
