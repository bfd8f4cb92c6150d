"""A run: what was tried, what came of it, how it goes, and why it was tried."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.charts.curves import run_curve_chart, run_curve_table
from dashboard.live import live_page
from dashboard.trees import config_rows
from dashboard.views.data_files import data_answer
from dashboard.views.page import Crumb, PageRequest, address, page, whole_number
from dashboard.why import why_sentence
from sweeps_app.models import Run
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.curves import run_curve, run_metric_rows
from sweeps_app.selectors.decisions import run_decisions
from sweeps_app.selectors.pages import list_page

METRICS_ON_A_PAGE = 12


@require_safe
@page
def run(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Show a run."""
    found = run_get(request.user, entity, project, run_id)
    return live_page(request, "run", found.change, lambda: _context(request, found))


@require_safe
@page
def run_data(request: PageRequest, entity: str, project: str, run_id: str, kind: str) -> HttpResponseBase:
    """Return the curve of one metric of a run."""
    found = run_get(request.user, entity, project, run_id)
    metric = request.GET.get("metric", "").replace("\x00", "")
    if not metric:
        raise Http404("no metric is named")
    is_log = request.GET.get("scale") == "log"
    return data_answer(
        request,
        kind,
        f'"{found.change}"',
        chart=lambda: run_curve_chart(run_curve(found, metric), metric, log=is_log),
        table=lambda: run_curve_table(run_curve(found, metric), metric),
        name=f"{found}-{metric}",
    )


def _context(request: PageRequest, run: Run) -> dict[str, Any]:
    entity, project = run.project.entity.name, run.project.name
    place = [Crumb(entity, address(entity)), Crumb(project, address(entity, project))]
    if run.sweep is not None:
        place.append(Crumb(str(run.sweep), address(entity, project, "sweeps", run.sweep.sweep_id)))
    find = request.GET.get("find", "").strip().replace("\x00", "")
    metrics = run_metric_rows(run, find)
    return {
        "run": run,
        "url": address(entity, project, "runs", run.run_id),
        "sweep_url": place[-1].url if run.sweep is not None else "",
        "find": find,
        "metrics": list_page(metrics, page=whole_number(request, "page", 1), page_size=METRICS_ON_A_PAGE),
        "config": config_rows(run.config, find),
        "summary": config_rows(run.summary, find),
        "why": why_sentence(run.suggestion.why) if run.suggestion else "",
        "why_rows": config_rows(run.suggestion.why) if run.suggestion else None,
        "decisions": run_decisions(run),
        "is_active": run.state in Run.ACTIVE_STATES,
        "crumbs": [*place, Crumb(str(run))],
    }
