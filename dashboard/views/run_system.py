"""The charts of what was measured of a run's machine."""

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.charts.system import system_chart, system_table
from dashboard.system_groups import system_group
from dashboard.views.data_files import data_answer
from dashboard.views.page import PageRequest, page
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.system import system_curves, system_metrics


@require_safe
@page
def system_data(request: PageRequest, entity: str, project: str, run_id: str, kind: str) -> HttpResponseBase:
    """Return one chart, or its table."""
    run = run_get(request.user, entity, project, run_id)
    group = system_group(system_metrics(run).values_list("name", flat=True), request.GET.get("group", ""))
    if group is None:
        raise Http404("nothing of this kind was measured")
    is_log = request.GET.get("scale") == "log"
    return data_answer(
        request,
        kind,
        f'"{run.system_rows}"',
        chart=lambda: system_chart(system_curves(run, group.names), group.title, group.unit, log=is_log),
        table=lambda: system_table(system_curves(run, group.names), group.unit),
        name=f"{run}-{group.key}",
    )
