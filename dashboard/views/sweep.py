"""A sweep: state, progress, best run, charts, and the live table of its runs."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.live import live_page
from dashboard.progress import Progress, progress_of
from dashboard.run_table import sweep_table
from dashboard.sweep_config import config_yaml
from dashboard.trees import config_rows
from dashboard.views.page import Crumb, PageRequest, address, page
from sweeps_app.errors import NotFound
from sweeps_app.models import Sweep, User
from sweeps_app.selectors.access import sweep_get
from sweeps_app.selectors.axes import parameter_axes
from sweeps_app.selectors.curves import sweep_metric_names
from sweeps_app.selectors.runs import sweep_runs
from sweeps_app.selectors.sweeps import active_agents, expected_runs, sweep_figures
from sweeps_app.selectors.versions import PageVersion, sweep_page_version

MAX_BEST_ROWS = 40
_MIN_ENDED = 3  # runs before their pace says anything
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
    return live_page(request, "sweep", version, lambda: _context(request, found, version))


def _context(request: PageRequest, sweep: Sweep, version: PageVersion) -> dict[str, Any]:
    entity, project = sweep.project.entity.name, sweep.project.name
    figures = sweep_figures([sweep])[sweep.pk]
    progress = progress_of(figures.run_counts, expected_runs(sweep))
    names = sweep_metric_names(sweep)
    return {
        "sweep": sweep,
        "url": address(entity, project, "sweeps", sweep.sweep_id),
        "version": version,
        "progress": progress,
        "best": figures.best,
        "best_url": figures.best and address(entity, project, "runs", figures.best.run_id),
        "best_config": config_rows(figures.best.config, limit=MAX_BEST_ROWS) if figures.best else None,
        "best_json": json.dumps(figures.best.config, indent=2, ensure_ascii=False) if figures.best else "",
        "controls": () if sweep.finished_at else _CONTROLS.get(sweep.state, ()),
        "agents": active_agents(sweep),
        "ends_at": _expected_end(sweep, progress, timezone.now()),
        "is_active": progress.active > 0 or sweep.state in (State.PENDING, State.RUNNING),
        "axes": len(parameter_axes(sweep.config)),
        "metrics": names,
        "curve_metric": sweep.metric_name if sweep.metric_name in names or not names else names[0],
        "table": sweep_table(request, sweep, sweep_runs(sweep)),
        "config_yaml": config_yaml(sweep.config),
        "crumbs": [Crumb(entity, address(entity)), Crumb(project, address(entity, project)), Crumb(str(sweep))],
    }


def _expected_end(sweep: Sweep, progress: Progress, now: datetime) -> datetime | None:
    """Return when the last expected run will end at the pace so far, None where that cannot be told."""
    if sweep.state != State.RUNNING or sweep.started_at is None or progress.expected is None:
        return None
    left = progress.expected - progress.ended
    if progress.ended < _MIN_ENDED or left <= 0:
        return None
    pace: timedelta = (now - sweep.started_at) / progress.ended
    return now + pace * left
