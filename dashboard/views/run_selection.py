"""Do something to the runs that are selected in a table."""

from django.http import Http404, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from dashboard.run_table.actions import ACTIONS, act
from dashboard.run_table.view import read_view
from dashboard.views.page import PageRequest, page
from dashboard.views.run_table import scope_at
from sweeps_app.selectors.access import project_get
from sweeps_app.selectors.run_scope import RunScope
from sweeps_app.selectors.runs import runs_found
from sweeps_app.services.bulk import MAX_RUNS


@require_POST
@page
def act_on_runs(request: PageRequest, entity: str, project: str, sweep_id: str | None = None) -> HttpResponseBase:
    """Do what the form names to the runs whose ids it lists, or to all that pass the filter of an address."""
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        raise Http404("no such action")
    scope = scope_at(request, entity, project, sweep_id)
    ids = _selected(scope, request.POST)
    parts = [ids[start : start + MAX_RUNS] for start in range(0, len(ids), MAX_RUNS)]
    values = {name: str(value) for name, value in request.POST.items()}
    found = project_get(request.user, entity, project)
    return JsonResponse({"message": act(action, user=request.user, project=found, parts=parts, values=values)})


def _selected(scope: RunScope, form: QueryDict) -> list[str]:
    """Return ids of runs of the table; raises `InvalidInput` where the address asks for what makes no sense."""
    if "all" not in form:
        return [run_id for run_id in form.get("run_ids", "").split(",") if run_id]
    view = read_view(QueryDict(str(form["all"]).lstrip("?")), None)
    return list(runs_found(scope, view.run_query(1)).order_by("pk").values_list("run_id", flat=True))
