"""The numbers behind a sweep's charts: figures for the page, files to keep, tables to read."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import Http404, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.charts.bands import BandsData, bands_data
from dashboard.charts.curves import CurvesData, curves_chart, curves_data, curves_table
from dashboard.charts.figure import Chart, Table
from dashboard.charts.importance import ImportanceData, importance_chart, importance_data, importance_table
from dashboard.charts.objective import ObjectiveData, objective_chart, objective_data, objective_table
from dashboard.charts.parallel import ParallelData, parallel_data, parallel_json, parallel_table
from dashboard.views.data_files import data_answer
from dashboard.views.page import PageRequest, address, page
from dashboard.views.sweep import sweep_at
from sweeps_app.models import Sweep
from sweeps_app.selectors.axes import parameter_axes
from sweeps_app.selectors.curves import SweepCurves, sweep_curves
from sweeps_app.selectors.decisions import band_marks
from sweeps_app.selectors.run_columns import run_columns
from sweeps_app.selectors.sweeps import best_run
from sweeps_app.selectors.versions import PageVersion, sweep_page_version
from sweeps_app.services.analysis import importance_of

MAX_CURVES = 1_000
MAX_RUNS = 20_000


class _Source(NamedTuple):
    """How one chart is made: what its version depends on, the chart, and its table; the query carries the options."""

    version: Callable[[PageVersion], object]
    chart: Callable[[Sweep, QueryDict], Any]
    table: Callable[[Sweep, QueryDict], Table]


@require_safe
@page
def sweep_data(
    request: PageRequest, entity: str, project: str, sweep_id: str, chart: str, kind: str
) -> HttpResponseBase:
    """Return one chart of a sweep."""
    found = sweep_at(request.user, entity, project, sweep_id)
    source = _SOURCES.get(chart)
    if source is None:
        raise Http404(f"no chart '{chart}'")
    return data_answer(
        request,
        kind,
        f'"{source.version(sweep_page_version(found))}"',
        chart=lambda: source.chart(found, request.GET),
        table=lambda: source.table(found, request.GET),
        name=f"{found}-{chart}",
    )


def _run_prefix(sweep: Sweep) -> str:
    return address(sweep.project.entity.name, sweep.project.name, "runs", "")


def _is_log(options: QueryDict) -> bool:
    return options.get("scale") == "log"


def _objective(sweep: Sweep) -> ObjectiveData:
    start = (sweep.started_at or sweep.created_at).timestamp()
    columns = run_columns(sweep, limit=MAX_RUNS)
    return objective_data(columns, metric=sweep.metric_name, goal=sweep.metric_goal, start=start)


def _objective_chart(sweep: Sweep, options: QueryDict) -> Chart:
    by_order = options.get("x") == "order"
    return objective_chart(_objective(sweep), by_order=by_order, log=_is_log(options), run_prefix=_run_prefix(sweep))


def _found_curves(sweep: Sweep, options: QueryDict) -> SweepCurves:
    metric = (options.get("metric") or sweep.metric_name).replace("\x00", "")
    return sweep_curves(sweep, metric, limit=MAX_CURVES)


def _curves(sweep: Sweep, found: SweepCurves) -> CurvesData:
    best = best_run(sweep)
    return curves_data(found, best_id=best.run_id if best else None)


def _bands(sweep: Sweep, found: SweepCurves) -> BandsData | None:
    """Return the stopping bands where the curves are those of the metric that the rule judges by."""
    if not sweep.config.get("early_terminate") or found.metric != sweep.metric_name:
        return None
    return bands_data(band_marks(sweep), found.curves)


def _curves_chart(sweep: Sweep, options: QueryDict) -> Chart:
    found = _found_curves(sweep, options)
    data, bands = _curves(sweep, found), _bands(sweep, found)
    return curves_chart(data, bands=bands, log=_is_log(options), run_prefix=_run_prefix(sweep))


def _curves_table(sweep: Sweep, options: QueryDict) -> Table:
    return curves_table(_curves(sweep, _found_curves(sweep, options)))


def _importance(sweep: Sweep) -> ImportanceData:
    state = importance_of(sweep=sweep)
    return importance_data(state.importance, metric=sweep.metric_name, is_fresh=state.is_fresh)


def _parallel(sweep: Sweep) -> ParallelData:
    runs = run_columns(sweep, limit=MAX_RUNS, with_configs=True)
    return parallel_data(runs, parameter_axes(sweep.config), metric=sweep.metric_name, goal=sweep.metric_goal)


_SOURCES = {
    "objective": _Source(lambda v: v.runs, _objective_chart, lambda sweep, _: objective_table(_objective(sweep))),
    "curves": _Source(lambda v: v.runs, _curves_chart, _curves_table),
    "importance": _Source(
        lambda v: f"{v.runs}.{v.importance}",
        lambda sweep, _: importance_chart(_importance(sweep)),
        lambda sweep, _: importance_table(_importance(sweep)),
    ),
    "parallel": _Source(
        lambda v: v.runs,
        lambda sweep, _: parallel_json(_parallel(sweep), run_prefix=_run_prefix(sweep)),
        lambda sweep, _: parallel_table(_parallel(sweep)),
    ),
}
