"""What each part of a run's page shows."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from dashboard.curve_controls import curve_controls
from dashboard.files import file_address, listed_file
from dashboard.reproduce import reproduction
from dashboard.run_metrics import metric_page
from dashboard.system_groups import system_groups
from dashboard.trees import config_rows
from dashboard.views.page import whole_number
from dashboard.why import why_sentence
from sweeps_app.models import Run
from sweeps_app.selectors.decisions import run_decisions
from sweeps_app.selectors.files import run_files
from sweeps_app.selectors.media import has_media, run_media
from sweeps_app.selectors.pages import list_page
from sweeps_app.selectors.system import system_metrics

MAX_AXES = 200
FILES_ON_A_PAGE = 50
MOMENTS = 100
Context = dict[str, Any]


@dataclass(frozen=True)
class Tab:
    """A part of the page: its name in the address, its label, and how many things are in it."""

    name: str
    label: str
    count: int = 0


def run_tabs(run: Run) -> list[Tab]:
    """Return the parts of a run's page."""
    tabs = [
        Tab("metrics", "Metrics"),
        Tab("console", "Console", run.console_lines),
        Tab("system", "System"),
        Tab("files", "Files", run_files(run).count()),
    ]
    return [*tabs, Tab("media", "Media")] if has_media(run) else tabs


def metrics_context(request: HttpRequest, run: Run) -> Context:
    """Return curves, config and summary, and why the run was tried."""
    find = request.GET.get("find", "").strip().replace("\x00", "")
    decisions = run_decisions(run)
    prefix = request.GET.get("prefix", "").replace("\x00", "")
    metrics = metric_page(run, find=find, prefix=prefix, page=whole_number(request, "page", 1))
    return {
        "find": find,
        "prefix": prefix,
        "metrics": metrics,
        "curves": curve_controls(request.GET, axes=metrics.names[:MAX_AXES]),
        "config": config_rows(run.config, find),
        "summary": config_rows(run.summary, find),
        "why": why_sentence(run.suggestion.why) if run.suggestion else "",
        "why_rows": config_rows(run.suggestion.why) if run.suggestion else None,
        "decisions": decisions,
        "decided": next((found for found in decisions if found.stop), decisions[-1] if decisions else None),
        "reproduce": reproduction(run),
    }


def system_context(_: HttpRequest, run: Run) -> Context:
    """Return what was measured of the machine, by chart."""
    metrics = {metric.name: metric for metric in system_metrics(run)}
    return {"groups": [(group, [metrics[name] for name in group.names]) for group in system_groups(metrics)]}


def files_context(request: HttpRequest, run: Run) -> Context:
    """Return the files, or those whose path holds what is searched."""
    find = request.GET.get("find", "").strip().replace("\x00", "")
    files = run_files(run)
    found = list_page(
        files.filter(path__icontains=find) if find else files,
        page=whole_number(request, "page", 1),
        page_size=FILES_ON_A_PAGE,
    )
    return {"find": find, "files": found, "listed": [listed_file(run, file) for file in found.rows]}


def media_context(_: HttpRequest, run: Run) -> Context:
    """Return the images that were logged, with their addresses."""
    shown = [
        (
            media.name,
            [(step, [(image, file_address(run, image.path)) for image in images]) for step, images in media.moments],
        )
        for media in run_media(run, MOMENTS)
    ]
    return {"media": shown, "moments": MOMENTS}
