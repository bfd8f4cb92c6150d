"""Delete a run or a sweep from its page."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dashboard.views.page import PageRequest, address, page
from dashboard.views.sweep import sweep_at
from sweeps_app.selectors.access import run_get
from sweeps_app.services.deletion import run_delete, sweep_delete


@require_POST
@page
def delete_sweep(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Delete a sweep with its runs."""
    sweep = sweep_at(request.user, entity, project, sweep_id)
    sweep_delete(sweep=sweep)
    messages.success(request, f"Sweep {sweep} is deleted.")
    return redirect(address(entity, project))


@require_POST
@page
def delete_run(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Delete a run."""
    run = run_get(request.user, entity, project, run_id)
    run_delete(run=run)
    messages.success(request, f"Run {run} is deleted.")
    above = (entity, project) if run.sweep is None else (entity, project, "sweeps", run.sweep.sweep_id)
    return redirect(address(*above))
