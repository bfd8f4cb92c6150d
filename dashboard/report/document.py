"""The report of a sweep as one HTML file, made piece by piece: at no time is more than one chart in memory.

What people have typed reaches the file through Django's templates, or as JSON in elements that no browser executes
(`django.utils.html.json_script`). The scripts and styles are the installation's own, and the policy in the file's head
names their hashes, so that nothing else runs, and nothing is loaded, wherever the file is opened.
"""

from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, json_script

from dashboard.report.assets import assets
from dashboard.report.charts import report_charts
from dashboard.report.overview import overview
from dashboard.report.runs import runs_part
from sweepdeck._version import __version__
from sweeps_app.models import Sweep
from sweeps_app.selectors.versions import sweep_page_version

_FORMAT = 1  # counts what changes the file without changing its scripts and styles


def report_version(sweep: Sweep) -> str:
    """Return what tells one state of a report from another; raises `NotFound` where the sweep was deleted."""
    version = sweep_page_version(sweep)
    made_by = f"{__version__}.{_FORMAT}.{assets().digest[:12]}"
    return f"{version.sweep}.{version.runs}.{version.importance}.{made_by}"


def report_chunks(sweep: Sweep, *, is_shared: bool = False) -> Iterator[bytes]:
    """Yield the file, UTF-8; one that a share link shows says so in its head."""
    for text in _texts(sweep, is_shared=is_shared):
        yield text.encode(errors="replace")


def report_name(sweep: Sweep) -> str:
    """Return the name under which a report is kept."""
    return f"{sweep}-report.html".replace("/", "-").replace("\\", "-")


def _texts(sweep: Sweep, *, is_shared: bool) -> Iterator[str]:
    inlined = assets()
    told = overview(sweep, timezone.now()) | {"icon": inlined.icon, "policy": inlined.policy}
    told |= {"is_shared": is_shared, "version": __version__, "plotly": inlined.plotly}
    runs = runs_part(sweep)
    told |= {"runs_sentence": runs.sentence, "has_runs": bool(runs.parallel["runs"]["ids"])}
    yield _part("head", told)
    yield format_html("{}</head><body>", inlined.styles)
    yield _part("top", told)
    yield json_script(runs.parallel, "data-parallel")
    yield json_script(runs.table, "data-runs")
    del runs
    if told["has_runs"]:
        for chart in report_charts(sweep):
            yield _part("chart", {"chart": chart})
            yield json_script(chart.content, f"data-{chart.id}")
    yield _part("bottom", told)
    yield from inlined.scripts
    yield "</body></html>\n"


def _part(name: str, told: dict[str, Any]) -> str:
    return render_to_string(f"report/{name}.html", told)
