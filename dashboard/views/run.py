"""A run: what was tried, what came of it, how it goes, and why it was tried."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.charts.curve_options import read_curve_options
from dashboard.charts.curve_overlay import run_curve_chart, run_curve_table
from dashboard.console_answers import console_context
from dashboard.live import live_page
from dashboard.markdown import markdown_html
from dashboard.retry import shown_attempts
from dashboard.run_tabs import files_context, media_context, metrics_context, run_tabs, system_context
from dashboard.views.data_files import data_answer
from dashboard.views.page import Crumb, PageRequest, address, page
from sweeps_app.models import Run
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.alerts import run_alerts
from sweeps_app.selectors.curves import run_curve
from sweeps_app.selectors.marks import RUN
from sweeps_app.selectors.sweeps import best_run
from sweeps_app.services.retry import may_retry

MAX_ALERTS = 20


def _as_the_run_says(_: Run) -> int:
    return 0


class _Part(NamedTuple):
    """A part of the page: what it shows, and a number that grows with what the run's own change does not tell."""

    context: Callable[[PageRequest, Run], dict[str, Any]]
    version: Callable[[Run], int] = _as_the_run_says


_TABS = {
    "metrics": _Part(metrics_context),
    "console": _Part(console_context, lambda run: run.console_lines),
    "system": _Part(system_context, lambda run: run.system_rows),
    "files": _Part(files_context),
    "media": _Part(media_context),
}


@require_safe
@page
def run(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Show a run."""
    found = run_get(request.user, entity, project, run_id)
    asked = request.GET.get("tab", "")
    tab = asked if asked in _TABS else "metrics"
    version = f"{found.change}.{_TABS[tab].version(found)}"
    return live_page(request, "run", lambda: version, lambda: _context(request, found, tab), watched=(RUN, found.pk))


@require_safe
@page
def run_data(request: PageRequest, entity: str, project: str, run_id: str, kind: str) -> HttpResponseBase:
    """Return the curve of one metric of a run."""
    found = run_get(request.user, entity, project, run_id)
    metric = request.GET.get("metric", "").replace("\x00", "")
    if not metric:
        raise Http404("no metric is named")
    options = read_curve_options(request.GET)
    return data_answer(
        request,
        kind,
        f'"{found.change}"',
        chart=lambda: run_curve_chart(run_curve(found, metric, options.across), metric, options),
        table=lambda: run_curve_table(run_curve(found, metric, options.across), metric, options),
        name=f"{found}-{metric}",
    )


def _context(request: PageRequest, run: Run, tab: str) -> dict[str, Any]:
    entity, project = run.project.entity.name, run.project.name
    place = [Crumb(entity, address(entity)), Crumb(project, address(entity, project))]
    if run.sweep is not None:
        place.append(Crumb(str(run.sweep), address(entity, project, "sweeps", run.sweep.sweep_id)))
    common = {
        "run": run,
        "url": address(entity, project, "runs", run.run_id),
        "sweep_url": place[-1].url if run.sweep is not None else "",
        "tab": tab,
        "tabs": run_tabs(run),
        "tab_template": f"partials/run_{tab}.html",
        "is_active": run.state in Run.ACTIVE_STATES,
        "may_retry": may_retry(run),
        "attempts": shown_attempts(run),
        "notes": markdown_html(run.notes),
        "compare_url": _compare_url(run),
        "alerts": run_alerts(run)[:MAX_ALERTS],
        "crumbs": [*place, Crumb(str(run))],
    }
    return common | _TABS[tab].context(request, run)


def _compare_url(run: Run) -> str:
    """Return the page that compares a run of a sweep with its best one; empty where it is that itself."""
    best = best_run(run.sweep) if run.sweep is not None else None
    if best is None or best.pk == run.pk:
        return ""
    page_of = address(run.project.entity.name, run.project.name, "compare")
    return f"{page_of}?{urlencode({'runs': f'{run.run_id},{best.run_id}'}, safe=',')}"
