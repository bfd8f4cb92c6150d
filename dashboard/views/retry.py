"""Try runs again: one, or all of a sweep that have failed."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from dashboard.views.control import done
from dashboard.views.page import PageRequest, address, page
from dashboard.views.sweep import sweep_at
from sweeps_app.selectors.access import run_get
from sweeps_app.services.retry import run_retry, runs_retry


@require_POST
@page
def retry_run(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Let a run wait for another attempt."""
    run_retry(run=run_get(request.user, entity, project, run_id), user=request.user)
    return done(request, "The run waits for an agent.", address(entity, project, "runs", run_id))


@require_POST
@page
def retry_sweep(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Let all failed runs of a sweep wait for another attempt."""
    retried = runs_retry(sweep=sweep_at(request.user, entity, project, sweep_id), user=request.user)
    count = len(retried.run_ids)
    message = f"{count:,} run{'s wait' if count != 1 else ' waits'} for an agent."
    if retried.left:
        message += f" {retried.left:,} more have failed: ask again for them."
    return done(request, message, address(entity, project, "sweeps", sweep_id))
