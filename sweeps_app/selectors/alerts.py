"""Alerts of a run."""

from django.db.models import QuerySet

from sweeps_app.models import Run, RunAlert


def run_alerts(run: Run) -> QuerySet[RunAlert]:
    """Return the alerts of a run, the newest first."""
    return RunAlert.objects.filter(run=run).order_by("-created_at", "-pk")
