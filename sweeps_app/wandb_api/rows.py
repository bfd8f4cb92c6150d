"""Runs with as much of their rows as a request reads: config and summary are most of it."""

from django.db.models import QuerySet

from sweeps_app.models import Run
from sweeps_app.wandb_api.context import Context

_JOINED = ("project__entity", "sweep", "created_by", "wandb")
# Column -> the fields of the schema that need it.
_LARGE = {
    "config": ("config",),
    "summary": ("summaryMetrics",),
    "summary_overrides": (),
    "stopping_progress": (),
    "error": (),
}


def run_rows(runs: QuerySet[Run], context: Context) -> QuerySet[Run]:
    """Return runs with what the request shows of them."""
    unread = [column for column, fields in _LARGE.items() if not any(name in context.names for name in fields)]
    return runs.select_related(*_JOINED).defer(*unread)
