"""Artifacts, which this server does not keep. The client hides that it was refused one; the page of the run says so."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sweeps_app.errors import SweepdeckError
from sweeps_app.models import RunAlert
from sweeps_app.selectors.access import run_get
from sweeps_app.services.alerts import alert_note
from sweeps_app.wandb_api.context import Context

SUBJECT = "Mutation.createArtifact"
# A logged table is an artifact, too, but also a file of the run, and that is kept.
_KEPT_AS_FILES = ("run_table",)
_ONCE_A_DAY = timedelta(days=1)


def artifact_refused(context: Context, variables: Mapping[str, Any] | None) -> None:
    """Tell whoever looks at the run that an artifact of it was not kept.

    Newer clients send one variable, `input`, and older ones a variable for each of its fields.
    """
    given = (variables or {}).get("input", variables)
    if not isinstance(given, dict) or given.get("artifactTypeName") in _KEPT_AS_FILES:
        return
    place = [given.get(name) for name in ("entityName", "projectName", "runName")]
    if not all(isinstance(name, str) for name in place):
        return
    names = given.get("artifactCollectionNames")
    name = names[0] if isinstance(names, list) and names else given.get("artifactCollectionName")
    with suppress(SweepdeckError):
        alert_note(
            run=run_get(context.user, *map(str, place)),
            title="Artifacts are not kept",
            text=f"The script has logged '{name}'. Keep files with run.save() instead.",
            level=RunAlert.Level.WARNING,
            wait=_ONCE_A_DAY,
        )
