"""Ids that are unique over all kinds of things: what the client calls storage ids."""

import base64
import binascii

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, Run, RunFile, Sweep

_VERSION = "v1"


def run_key(run: Run) -> str:
    """Return the id of a run."""
    return _key("Run", run.run_id, run.project.name, run.project.entity.name)


def sweep_key(sweep: Sweep) -> str:
    """Return the id of a sweep."""
    return _key("Sweep", sweep.sweep_id)


def project_key(project: Project) -> str:
    """Return the id of a project."""
    return _key("Project", project.name, project.entity.name)


def file_key(file: RunFile) -> str:
    """Return the id of a file."""
    return _key("File", str(file.pk))


def entity_key(name: str) -> str:
    """Return the id of an entity."""
    return _key("Entity", name)


def internal_key(kind: str, number: int) -> str:
    """Return the id by which the client tells two things of the same name apart."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def read_key(key: str, kind: str, parts: int) -> list[str]:
    """Return what the id of a thing of this kind names; raises `InvalidInput`."""
    try:
        found, version, *names = base64.b64decode(key, validate=True).decode().split(":")
    except (binascii.Error, ValueError):
        found, version, names = "", "", []
    if (found, version, len(names)) != (kind, _VERSION, parts):
        raise InvalidInput.of("id", f"is not the id of a {kind.lower()} of this server")
    return names


def _key(kind: str, *parts: str) -> str:
    return base64.b64encode(":".join((kind, _VERSION, *parts)).encode()).decode()
