"""Early stopping of a sweep: its bands, the runs that it stopped and why, and what another rule would have done."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.forms import RuleForm
from dashboard.views.page import Crumb, PageRequest, address, page, whole_number
from dashboard.views.sweep import sweep_at
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.decisions import band_marks, stopped_runs
from sweeps_app.selectors.pages import list_page
from sweeps_app.selectors.what_if import sweep_what_if

STOPPED_ON_A_PAGE = 50
MAX_LISTED = 100


@require_safe
@page
def stopping(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Show how runs of a sweep were stopped early, and replay the rule that the form describes."""
    sweep = sweep_at(request.user, entity, project, sweep_id)
    form = RuleForm(
        request.GET if "type" in request.GET else None, initial=sweep.config.get("early_terminate"), label_suffix=""
    )
    url = address(entity, project, "sweeps", sweep.sweep_id)
    stopped = list_page(stopped_runs(sweep), page=whole_number(request, "page", 1), page_size=STOPPED_ON_A_PAGE)
    context = {
        "sweep": sweep,
        "url": url,
        "rule": sweep.config.get("early_terminate"),
        "marks": band_marks(sweep),
        "stopped": stopped,
        "run_prefix": address(entity, project, "runs", ""),
        "form": form,
        "crumbs": [
            Crumb(entity, address(entity)),
            Crumb(project, address(entity, project)),
            Crumb(str(sweep), url),
            Crumb("Early stopping"),
        ],
    }
    return render(request, "pages/stopping.html", context | _tried(sweep, form))


def _tried(sweep: Sweep, form: RuleForm) -> dict[str, Any]:
    """Return what the form's rule would have done, or what is wrong with it."""
    if not form.is_bound or not form.is_valid():
        return {}
    try:
        found = sweep_what_if(sweep, form.rule())
    except InvalidInput as error:
        return {"problem": error.message}
    names = dict(Run.objects.filter(sweep=sweep).values_list("run_id", "name"))
    return {
        "found": found,
        "found_stopped": [(names.get(s.run) or s.run, s) for s in found.stopped[:MAX_LISTED]],
        "wrongly": [(names.get(run) or run, run) for run in found.wrongly_stopped],
        "share": f"{found.saved_share:.0%}",
    }
