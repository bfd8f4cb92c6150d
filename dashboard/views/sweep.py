"""A sweep: state, progress, best run, charts, and the live table of its runs."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.curve_controls import curve_controls
from dashboard.importance_choice import importance_options, read_choice
from dashboard.launch_form import launch_context
from dashboard.live import live_page
from dashboard.overview import sweep_overview
from dashboard.progress import progress_of
from dashboard.retry import sweep_retry
from dashboard.run_table.table import sweep_table
from dashboard.selection.bar import selection_bar
from dashboard.share_form import share_context
from dashboard.sweep_agents import sweep_agents
from dashboard.sweep_config import config_yaml
from dashboard.views.page import Crumb, PageRequest, address, page
from dashboard.views.points_data import pareto_choice, slice_pages
from sweeps_app.errors import NotFound
from sweeps_app.models import Sweep, User
from sweeps_app.selectors.access import sweep_get
from sweeps_app.selectors.curves import curve_names
from sweeps_app.selectors.jobs import jobs_version
from sweeps_app.selectors.marks import SWEEP
from sweeps_app.selectors.runs import state_counts
from sweeps_app.selectors.sweeps import best_run_pk, expected_runs
from sweeps_app.selectors.versions import PageVersion, sweep_page_version

State = Sweep.State

# state -> what can be done, the way of saying it, and the icon
_CONTROLS: dict[str, tuple[tuple[str, str, str], ...]] = {
    State.PENDING: (("pause", "Pause", "pause"), ("stop", "Stop", "stop"), ("cancel", "Cancel", "cross")),
    State.RUNNING: (("pause", "Pause", "pause"), ("stop", "Stop", "stop"), ("cancel", "Cancel", "cross")),
    State.PAUSED: (("resume", "Resume", "play"), ("stop", "Stop", "stop"), ("cancel", "Cancel", "cross")),
    State.STOPPED: (("cancel", "Cancel", "cross"),),
}


def sweep_at(user: User, entity: str, project: str, sweep_id: str) -> Sweep:
    """Return the sweep at an address; raises `NotFound` where it is another project's."""
    sweep = sweep_get(user, sweep_id)
    if (sweep.project.entity.name, sweep.project.name) != (entity, project):
        raise NotFound(f"no sweep '{sweep_id}' in '{entity}/{project}'")
    return sweep


@require_safe
@page
def sweep(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Show a sweep."""
    found = sweep_at(request.user, entity, project, sweep_id)
    version = sweep_page_version(found)
    return live_page(
        request,
        "sweep",
        lambda: f"{version}.{jobs_version(found, timezone.now())}",
        lambda: _context(request, found, version),
        watched=(SWEEP, found.pk),
        parts={"runs": lambda: _runs_context(request, found, version) | {"best": best_run_pk(found, version)}},
    )


def _runs_context(request: PageRequest, sweep: Sweep, version: PageVersion) -> dict[str, Any]:
    """Return what depends on the view of the table: the table itself, and the links of the bar above the charts."""
    table = sweep_table(request, sweep, version)
    return {"sweep": sweep, "table": table, "selection": selection_bar(sweep, table)}


def _context(request: PageRequest, sweep: Sweep, version: PageVersion) -> dict[str, Any]:
    entity, project = sweep.project.entity.name, sweep.project.name
    progress = progress_of(state_counts(sweep.runs.all()), expected_runs(sweep))
    names = curve_names(sweep)
    about_runs = _runs_context(request, sweep, version)
    view = about_runs["table"].view
    asked = view.explicit
    importance = importance_options(sweep, asked)
    return (
        about_runs
        | {
            "url": address(entity, project, "sweeps", sweep.sweep_id),
            "version": version,
            "progress": progress,
            "overview": sweep_overview(sweep, progress, timezone.now()),
            "controls": () if sweep.finished_at else _CONTROLS.get(sweep.state, ()),
            "agents": version.agents.active,
            "retry": sweep_retry(sweep, version.agents),
            "is_active": progress.active > 0 or sweep.state in (State.PENDING, State.RUNNING),
            "axes": len(importance.parameters),
            "importance": importance,
            "slice_pages": slice_pages(len(importance.parameters)),
            "pareto": pareto_choice(sweep, importance.targets, QueryDict()),
            "has_timeline": version.agents.known > 0,
            "kept": read_choice(asked).given(),
            "curves": curve_controls(
                request.GET,
                axes=names.metrics,
                metrics=names.metrics,
                names=names.config,
                metric=_curve_metric(sweep, names.metrics),
                view=view.default,
            ),
            "section": sweep_agents(request, sweep),
            "config_yaml": config_yaml(sweep.config),
            "crumbs": [Crumb(entity, address(entity)), Crumb(project, address(entity, project)), Crumb(str(sweep))],
        }
        | ({} if "fragments" in request.GET else launch_context(request.user, sweep) | share_context())
    )


def _curve_metric(sweep: Sweep, names: Sequence[str]) -> str:
    return sweep.metric_name if sweep.metric_name in names or not names else names[0]
