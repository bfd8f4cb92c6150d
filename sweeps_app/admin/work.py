"""Projects, sweeps, runs, agents and jobs in the admin panel."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest

from sweeps_app.admin.base import DeletesByService, NotEdited, OnPages
from sweeps_app.errors import Conflict
from sweeps_app.models import Agent, AgentJob, Project, Run, Sweep
from sweeps_app.services.deletion import project_delete, run_delete, sweep_delete
from sweeps_app.services.projects import MAX_RETENTION_DAYS, project_update
from sweeps_app.services.runs import run_stop
from sweeps_app.services.sweeps import sweep_control


@admin.register(Project)
class ProjectAdmin(OnPages, DeletesByService):
    """Projects; an archived one stays readable and leaves the lists."""

    list_display = ("name", "entity", "created_by", "created_at", "archived_at", "page")
    list_select_related = ("entity", "created_by")
    list_filter = (("archived_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("name", "entity__name")
    readonly_fields = ("entity", "name", "cursor", "created_by", "created_at", "archived_at", "deleted_at")
    actions = ("archive", "unarchive")

    def address_of(self, row: Project) -> tuple[str, list[str]]:
        """Return where a project is shown."""
        return "project", [row.entity.name, row.name]

    def get_form(self, *args: Any, **kwargs: Any) -> type[forms.ModelForm[Project]]:
        """Return the form; a number of days has the limit that it has elsewhere."""
        form: type[forms.ModelForm[Project]] = super().get_form(*args, **kwargs)
        if field := form.base_fields.get("retention_days"):
            field.validators = [*field.validators, MaxValueValidator(MAX_RETENTION_DAYS)]
        return form

    def save_model(self, request: HttpRequest, obj: Project, form: forms.ModelForm[Project], change: bool) -> None:
        """Store what was typed in, and nothing else: the project's counter goes on meanwhile."""
        project_update(project=obj, description=obj.description, retention_days=obj.retention_days or 0)

    @admin.action(description="Archive the selected projects", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Archive the selected projects."""
        self._archive(request, queryset, archived=True)

    @admin.action(description="Take the selected projects out of the archive", permissions=["change"])
    def unarchive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Bring the selected projects back."""
        self._archive(request, queryset, archived=False)

    def size_of(self, row: Project) -> str:
        """Return how much goes with a project."""
        return f", with its sweeps ({row.sweeps.count():,}) and runs ({row.runs.count():,})"

    def delete_by_service(self, row: Project) -> None:
        """Delete a project."""
        project_delete(project=row)

    def _archive(self, request: HttpRequest, queryset: QuerySet[Any], *, archived: bool) -> None:
        for project in queryset:
            project_update(project=project, archived=archived)
        self.message_user(request, f"Projects changed: {len(queryset)}.")


@admin.register(Sweep)
class SweepAdmin(OnPages, NotEdited, DeletesByService):
    """Sweeps, steered as on their own pages, where they are edited, too."""

    list_display = ("sweep_id", "name", "project", "method", "state", "created_by", "created_at", "page")
    list_select_related = ("project__entity", "created_by")
    list_filter = ("state", "method", "created_at")
    search_fields = ("sweep_id", "name", "project__name", "project__entity__name")
    actions = ("pause", "resume", "stop", "cancel")

    def address_of(self, row: Sweep) -> tuple[str, list[str]]:
        """Return where a sweep is shown."""
        return "sweep", [row.project.entity.name, row.project.name, row.sweep_id]

    @admin.action(description="Pause: no new runs, running ones go on", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Pause the selected sweeps."""
        self._control(request, queryset, "pause")

    @admin.action(description="Resume paused sweeps", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Resume the selected sweeps."""
        self._control(request, queryset, "resume")

    @admin.action(description="Stop: no new runs, running ones finish", permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Stop the selected sweeps."""
        self._control(request, queryset, "stop")

    @admin.action(description="Cancel: running runs are stopped too", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Cancel the selected sweeps."""
        self._control(request, queryset, "cancel")

    def size_of(self, row: Sweep) -> str:
        """Return how much goes with a sweep."""
        return f", with its runs ({row.runs.count():,})"

    def delete_by_service(self, row: Sweep) -> None:
        """Delete a sweep."""
        sweep_delete(sweep=row)

    def _control(self, request: HttpRequest, queryset: QuerySet[Any], action: str) -> None:
        done = 0
        for sweep in queryset:
            try:
                sweep_control(sweep=sweep, action=action)
                done += 1
            except Conflict as error:
                self.message_user(request, f"Sweep {sweep.sweep_id}: {error.message}", messages.WARNING)
        self.message_user(request, f"Sweeps changed: {done}.")


@admin.register(Run)
class RunAdmin(OnPages, NotEdited, DeletesByService):
    """Runs; their values come from clients, names, tags and notes are edited on their pages."""

    list_display = ("run_id", "name", "project", "sweep", "state", "objective", "host", "created_at", "page")
    list_select_related = ("project__entity", "sweep")
    list_filter = ("state", "created_at")
    search_fields = ("run_id", "name", "sweep__sweep_id", "project__name", "host")
    actions = ("stop",)

    def address_of(self, row: Run) -> tuple[str, list[str]]:
        """Return where a run is shown."""
        return "run", [row.project.entity.name, row.project.name, row.run_id]

    @admin.action(description="Ask the selected runs to stop", permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Ask the selected runs to stop; their clients learn it with the next heartbeat."""
        asked = sum(run_stop(run=run) for run in queryset)
        self.message_user(request, f"Runs asked to stop: {asked}.")

    def size_of(self, row: Run) -> str:
        """Return how much goes with a run."""
        return f", with its history ({row.history_rows:,} rows)"

    def delete_by_service(self, row: Run) -> None:
        """Delete a run."""
        run_delete(run=row)


@admin.register(Agent)
class AgentAdmin(OnPages, NotEdited):
    """Agents; they get their orders on the page of the project's agents."""

    list_display = ("agent_id", "name", "sweep", "host", "state", "heartbeat_at", "page")
    list_select_related = ("sweep__project__entity",)
    list_filter = ("state", "created_at")
    search_fields = ("agent_id", "name", "host", "sweep__sweep_id")

    def address_of(self, row: Agent) -> tuple[str, list[str]]:
        """Return where the agents of the project are shown."""
        return "fleet", [row.sweep.project.entity.name, row.sweep.project.name]


@admin.register(AgentJob)
class AgentJobAdmin(OnPages, NotEdited):
    """Agents that Celery workers run; they are stopped and launched anew on their pages."""

    list_display = ("job_id", "program", "sweep", "state", "queue", "worker", "attempt", "created_at", "page")
    list_select_related = ("project__entity", "sweep", "worker")
    list_filter = ("state", "queue", "program")
    search_fields = ("job_id", "program", "worker__name", "sweep__sweep_id")

    def address_of(self, row: AgentJob) -> tuple[str, list[str]]:
        """Return where a job is shown."""
        return "job", [row.project.entity.name, row.project.name, row.job_id]
