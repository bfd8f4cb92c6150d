"""Alerts: what a run wants a person to read."""

from datetime import timedelta
from typing import Any

from sweeps_app.models import RunAlert
from sweeps_app.selectors.access import run_get
from sweeps_app.services.alerts import MAX_TEXT, alert_note
from sweeps_app.wandb_api.binding import resolves
from sweeps_app.wandb_api.context import Context

_LEVELS = {"INFO": RunAlert.Level.INFO, "WARN": RunAlert.Level.WARNING, "ERROR": RunAlert.Level.ERROR}
_MAX_TITLE = 200
_MAX_WAIT = timedelta(days=30)


@resolves("Mutation", "notifyScriptableRunAlert")
def notify(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Keep an alert, unless the run has given the same one a moment ago."""
    run = run_get(context.user, input["entityName"], input["projectName"], input["runName"])
    alert = alert_note(
        run=run,
        title=input["title"][:_MAX_TITLE],
        text=input["text"][:MAX_TEXT],
        level=_LEVELS[input.get("severity") or "INFO"],
        wait=_wait(input.get("waitDuration")),
    )
    return {"success": alert is not None}


def _wait(milliseconds: Any) -> timedelta:
    is_time = isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool) and milliseconds > 0
    return min(timedelta(milliseconds=min(milliseconds, 10**12)), _MAX_WAIT) if is_time else timedelta(0)
