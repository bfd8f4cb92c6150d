"""Saved views of the table of a sweep's runs, or of a project's."""

from django.db.models import QuerySet

from sweeps_app.models import Project, SavedView, Sweep


def saved_views(project: Project, sweep: Sweep | None) -> QuerySet[SavedView]:
    """Return the views of a sweep's table, or of the project's where no sweep is given, by name."""
    return SavedView.objects.filter(project=project, sweep=sweep).select_related("created_by").order_by("name")
