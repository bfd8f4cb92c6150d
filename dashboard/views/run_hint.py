"""What a tooltip tells of a run: its state, its objective, and the few values of its config that tell most."""

from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.formatting import number, value_text
from dashboard.live import unchanged_response, with_etag
from dashboard.views.page import PageRequest, page
from sweeps_app.models import Run
from sweeps_app.search.told import metrics_of
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.axes import parameter_axes
from sweeps_app.selectors.importance_order import by_importance
from sweeps_app.selectors.run_values import config_value
from sweeps_app.services.summary import flattened

MAX_VALUES = 6
_MAX_TEXT = 40


@require_safe
@page
def run_hint(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Return the state of a run and rows of (name, value), for a tooltip."""
    run = run_get(request.user, entity, project, run_id)
    etag = f'"{run.change}"'
    if unchanged := unchanged_response(request, etag):
        return unchanged
    rows = [*_metrics(run), *_values(run)]
    return with_etag(JsonResponse({"state": run.state.replace("_", " "), "rows": rows}), etag)


def _metrics(run: Run) -> list[tuple[str, str]]:
    if run.sweep is None:
        return []
    names = [metric["name"] for metric in metrics_of(run.sweep.config)]
    return [(name, _text(run.summary[name])) for name in names if name in run.summary]


def _values(run: Run) -> list[tuple[str, str]]:
    """Return parameters that vary, the most important first; of a run without a sweep the first values by name."""
    if run.sweep is None:
        return [(name, _text(value)) for name, value in sorted(flattened(run.config).items())[:MAX_VALUES]]
    metric = next((found["name"] for found in metrics_of(run.sweep.config)), "")
    axes = by_importance(run.sweep, metric, parameter_axes(run.sweep.config))
    values = ((axis.name, config_value(run.config, [axis.path])) for axis in axes)
    return [(name, _text(value)) for name, value in values if value is not None][:MAX_VALUES]


def _text(value: Any) -> str:
    return number(value) if isinstance(value, float) else value_text(value, _MAX_TEXT)
