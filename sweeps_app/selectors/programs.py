"""Programs of a project, and those that an agent job may be launched with."""

from django.conf import settings
from django.db.models import QuerySet

from sweeps_app.models import Program, Project


def project_programs(project: Project) -> QuerySet[Program]:
    """Return the programs that are registered for a project, by name."""
    return Program.objects.filter(project=project).select_related("project__entity", "created_by").order_by("name")


def programs_to_launch(project: Project) -> list[str]:
    """Return the names that a launch may give: the project's programs first, then the server's own."""
    registered = project_programs(project).filter(is_enabled=True).values_list("name", flat=True)
    return [*registered, *sorted(settings.AGENT_PROGRAMS)]
