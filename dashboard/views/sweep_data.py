"""The numbers behind a sweep's charts: figures for the page, files to keep, tables to read."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import Http404, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.charts.bands import BandsData, bands_data
from dashboard.charts.curve_bands import bands_chart, bands_table, curve_bands
from dashboard.charts.curve_options import CurveOptions, read_curve_options
from dashboard.charts.curves import CurvesData, curves_chart, curves_data, curves_table
from dashboard.charts.figure import Chart, Table
from dashboard.charts.objective import ObjectiveData, objective_chart, objective_data, objective_table
from dashboard.importance_choice import followed_selection
from dashboard.selection.reading import PARAMETER, runs_of
from dashboard.views.column_data import (
    columns_numbers,
    distribution_numbers,
    distribution_places,
    parallel_columns,
    parallel_numbers,
    picked_columns,
    scatter_numbers,
)
from dashboard.views.data_files import data_answer
from dashboard.views.hypervolume_data import hypervolume_figure, hypervolume_numbers
from dashboard.views.importance_data import (
    dependence_figure,
    dependence_numbers,
    importance_figure,
    importance_numbers,
    interactions_figure,
    interactions_numbers,
)
from dashboard.views.page import PageRequest, address, page
from dashboard.views.points_data import (
    contour_figure,
    contour_numbers,
    metric_goals,
    metric_of,
    pareto_figure,
    pareto_numbers,
    slice_figure,
    slice_numbers,
    timeline_figure,
    timeline_numbers,
)
from dashboard.views.sweep import sweep_at
from sweeps_app.models import Sweep
from sweeps_app.selectors.curves import SweepCurves, sweep_curves
from sweeps_app.selectors.decisions import band_marks
from sweeps_app.selectors.run_columns import RunColumns, run_columns
from sweeps_app.selectors.sweeps import best_run, runs_are_active
from sweeps_app.selectors.versions import PageVersion, sweep_page_version

MAX_RUNS = 20_000


class _Source(NamedTuple):
    """How one chart is made: what its version depends on, the chart, and its table; the query carries the options.

    `is_kept` says whether the chart depends on nothing but its address and the versions, the time in particular.
    """

    version: Callable[[PageVersion], object]
    chart: Callable[[Sweep, QueryDict], Any]
    table: Callable[[Sweep, QueryDict], Table]
    is_kept: Callable[[Sweep, QueryDict], bool] = lambda _, __: False


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
    version = sweep_page_version(found, selection_digest=followed_selection(request.GET).digest)
    return data_answer(
        request,
        kind,
        f'"{source.version(version)}"',
        chart=lambda: source.chart(found, request.GET),
        table=lambda: source.table(found, request.GET),
        name=f"{found}-{chart}",
        keep=f"{request.get_full_path()} {version.sweep}" if source.is_kept(found, request.GET) else "",
    )


def sweep_chart(sweep: Sweep, chart: str, options: QueryDict) -> Any:
    """Return a chart of a sweep by its name, as an address with these options asks for it."""
    return _SOURCES[chart].chart(sweep, options)


def sweep_chart_table(sweep: Sweep, chart: str, options: QueryDict) -> Table:
    """Return the numbers of a chart."""
    return _SOURCES[chart].table(sweep, options)


def _run_prefix(sweep: Sweep) -> str:
    return address(sweep.project.entity.name, sweep.project.name, "runs", "")


def _is_log(options: QueryDict) -> bool:
    return options.get("scale") == "log"


def _objective(sweep: Sweep, options: QueryDict) -> ObjectiveData:
    start = (sweep.started_at or sweep.created_at).timestamp()
    columns = run_columns(sweep, limit=MAX_RUNS, among=runs_of(sweep, options))
    goals = metric_goals(sweep)
    metric = options.get("metric", "").replace("\x00", "") or next(iter(goals), "")
    if metric != sweep.metric_name:
        values = metric_of(sweep, options, columns.ids, metric, limit=MAX_RUNS)
        columns = RunColumns(**columns._asdict() | {"objectives": values})
    return objective_data(columns, metric=metric, goal=goals.get(metric, ""), start=start)


def _objective_chart(sweep: Sweep, options: QueryDict) -> Chart:
    by_order = options.get("x") == "order"
    data = _objective(sweep, options)
    return objective_chart(data, by_order=by_order, log=_is_log(options), run_prefix=_run_prefix(sweep))


def _objective_table(sweep: Sweep, options: QueryDict) -> Table:
    return objective_table(_objective(sweep, options))


def _found_curves(sweep: Sweep, query: QueryDict, options: CurveOptions) -> SweepCurves:
    return sweep_curves(
        sweep,
        options.metric or sweep.metric_name,
        choice=options.choice,
        across=options.across,
        group=options.group,
        among=runs_of(sweep, query),
    )


def _curves(sweep: Sweep, found: SweepCurves, options: CurveOptions) -> CurvesData:
    best = best_run(sweep)
    return curves_data(found, options, best_id=best.run_id if best else None)


def _bands(sweep: Sweep, found: SweepCurves, options: CurveOptions) -> BandsData | None:
    """Return the stopping bands where the curves are those of the metric that the rule judges by."""
    is_judged = found.metric == sweep.metric_name and options.across.kind == "step"
    if not sweep.config.get("early_terminate") or not is_judged:
        return None
    return bands_data(band_marks(sweep), found.curves)


def _curves_chart(sweep: Sweep, query: QueryDict) -> Chart:
    options = read_curve_options(query)
    found = _found_curves(sweep, query, options)
    if options.band is not None:
        return bands_chart(curve_bands(found, options), options)
    data, bands = _curves(sweep, found, options), _bands(sweep, found, options)
    return curves_chart(data, options, bands=bands, run_prefix=_run_prefix(sweep))


def _curves_table(sweep: Sweep, query: QueryDict) -> Table:
    options = read_curve_options(query)
    found = _found_curves(sweep, query, options)
    if options.band is not None:
        return bands_table(curve_bands(found, options))
    return curves_table(_curves(sweep, found, options))


def _of_all_runs(_: Sweep, options: QueryDict) -> bool:
    """Tell that no selection is asked for, whose filters may go by the time, nor groups by what other tables hold."""
    return not (options.keys() & {PARAMETER, "curve.group"})


def _of_ended_runs(sweep: Sweep, options: QueryDict) -> bool:
    """Tell that, besides, no run is under way, which stands where it was last heard of."""
    return _of_all_runs(sweep, options) and not runs_are_active(sweep)


def _analysis_version(version: PageVersion) -> str:
    return f"{version.runs}.{version.importance}"


_SOURCES = {
    "objective": _Source(lambda v: v.runs, _objective_chart, _objective_table, _of_ended_runs),
    "curves": _Source(lambda v: v.runs, _curves_chart, _curves_table, _of_all_runs),
    "importance": _Source(_analysis_version, importance_figure, importance_numbers),
    "interactions": _Source(_analysis_version, interactions_figure, interactions_numbers),
    "dependence": _Source(_analysis_version, dependence_figure, dependence_numbers),
    "slice": _Source(_analysis_version, slice_figure, slice_numbers, _of_all_runs),
    "contour": _Source(_analysis_version, contour_figure, contour_numbers, _of_all_runs),
    "pareto": _Source(lambda v: v.runs, pareto_figure, pareto_numbers, _of_all_runs),
    "hypervolume": _Source(lambda v: v.runs, hypervolume_figure, hypervolume_numbers),
    "timeline": _Source(lambda v: f"{v.runs}.{v.agents}", timeline_figure, timeline_numbers),
    "parallel": _Source(lambda v: v.runs, parallel_columns, parallel_numbers, lambda _, __: True),
    "columns": _Source(lambda v: v.runs, picked_columns, columns_numbers),
    "scatter": _Source(lambda v: v.runs, picked_columns, scatter_numbers),
    "distribution": _Source(lambda v: v.runs, distribution_places, distribution_numbers),
}
