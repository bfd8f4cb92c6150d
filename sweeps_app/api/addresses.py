"""Addresses of pages, which answers carry so that a client can show them."""

from urllib.parse import quote

from django.conf import settings

from sweeps_app.models import Project, Run, Sweep


def project_url(project: Project) -> str:
    """Return the address of a project's page."""
    return _page(project.entity.name, project.name)


def sweep_url(sweep: Sweep) -> str:
    """Return the address of a sweep's page."""
    return _page(sweep.project.entity.name, sweep.project.name, "sweeps", sweep.sweep_id)


def run_url(run: Run) -> str:
    """Return the address of a run's page."""
    return _page(run.project.entity.name, run.project.name, "runs", run.run_id)


def file_url(run: Run, path: str) -> str:
    """Return the address of a file of a run, which answers an API key and the browser of whoever has signed in."""
    return "/".join(
        [_page("api", "v1", "runs", run.project.entity.name, run.project.name, run.run_id), "files", quote(path)]
    )


def share_url(token: str) -> str:
    """Return the address under which whoever knows it sees a sweep."""
    return _page("share", token)


def _page(*parts: str) -> str:
    return "/".join([settings.PUBLIC_URL, *(quote(part, safe="") for part in parts)])
