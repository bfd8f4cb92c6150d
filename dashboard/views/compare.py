"""Runs of a project side by side: what differs between them, and their curves over one another."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Max
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.charts.curve_options import read_curve_options
from dashboard.charts.curve_overlay import curve_rows, overlay_chart
from dashboard.comparison import compared, compared_charts
from dashboard.curve_controls import curve_controls
from dashboard.views.data_files import data_answer
from dashboard.views.page import Crumb, PageRequest, address, page
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, Run
from sweeps_app.query.columns import split_keys
from sweeps_app.selectors.access import SHOWN_WITH_RUN, project_get
from sweeps_app.selectors.curves import compared_curves
from sweeps_app.selectors.run_scope import project_scope

MAX_RUNS = 50
MAX_CURVES = 20  # runs whose lines can still be told apart
MAX_AXES = 200


class _Asked(NamedTuple):
    """The runs that an address lists, in its order; `missing` counts those that are gone."""

    runs: list[Run]
    missing: int


@require_safe
@page
def compare(request: PageRequest, entity: str, project: str) -> HttpResponseBase:
    """Show the runs that the address lists, only what differs at first; runs that are gone are left out."""
    found = project_get(request.user, entity, project)
    runs, missing = _asked(request, found)
    show_all = request.GET.get("all") == "1"
    charts = compared_charts(runs, [*split_keys(_text(request, "metrics")), *_added(request)])
    context = {
        "project": found,
        "url": address(entity, project),
        "runs": [(run, address(entity, project, "runs", run.run_id)) for run in runs],
        "asked": ",".join(run.run_id for run in runs),
        "drawn": min(len(runs), MAX_CURVES),
        "version": max((run.change for run in runs), default=0),
        "missing": missing,
        "sections": compared(runs, project_scope(found), only_differences=not show_all),
        "show_all": show_all,
        "charts": charts,
        "curves": curve_controls(request.GET, axes=charts.names[:MAX_AXES]),
        "crumbs": [Crumb(entity, address(entity)), Crumb(project, address(entity, project)), Crumb("Compare runs")],
    }
    return render(request, "pages/compare.html", context)


@require_safe
@page
def compare_data(request: PageRequest, entity: str, project: str, kind: str) -> HttpResponseBase:
    """Return the curves of one metric of the first of the runs that the address lists."""
    found = project_get(request.user, entity, project)
    metric = _text(request, "metric")
    if not metric:
        raise Http404("no metric is named")
    runs = _asked(request, found).runs[:MAX_CURVES]
    options = read_curve_options(request.GET)
    newest = Run.objects.filter(pk__in=[run.pk for run in runs]).aggregate(newest=Max("change"))["newest"]
    prefix = address(entity, project, "runs", "")
    return data_answer(
        request,
        kind,
        f'"{newest}"',
        chart=lambda: overlay_chart(
            compared_curves(runs, metric, options.across), _ids(runs), metric, options, run_prefix=prefix
        ),
        table=lambda: curve_rows(compared_curves(runs, metric, options.across), metric, options),
        name=f"{project}-{metric}",
    )


def _asked(request: PageRequest, project: Project) -> _Asked:
    ids = list(dict.fromkeys(run_id for run_id in _text(request, "runs").split(",") if run_id))
    if len(ids) > MAX_RUNS:
        raise InvalidInput.of("runs", f"are more than {MAX_RUNS}: compare fewer")
    rows = Run.objects.filter(project=project, run_id__in=ids).select_related(*SHOWN_WITH_RUN)
    by_id = {run.run_id: run for run in rows}
    runs = [by_id[run_id] for run_id in ids if run_id in by_id]
    return _Asked(runs, len(ids) - len(runs))


def _ids(runs: Sequence[Run]) -> list[str]:
    return [run.run_id for run in runs]


def _added(request: PageRequest) -> list[str]:
    """Return the metric that the form of the page adds to those shown."""
    added = _text(request, "add").strip()
    return [added] if added else []


def _text(request: PageRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")
