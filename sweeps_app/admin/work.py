"""Projects, sweeps, runs, agents and jobs in the admin panel."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from sweeps_app.admin.base import BoundedAdmin, DeletesByService
from sweeps_app.errors import Conflict
from sweeps_app.models import Agent, AgentJob, Project, Run, Sweep
from sweeps_app.services.deletion import project_delete, run_delete, sweep_delete
from sweeps_app.services.projects import project_update
from sweeps_app.services.runs import run_stop
from sweeps_app.services.sweeps import sweep_control


@admin.register(Project)
class ProjectAdmin(DeletesByService):
    """Projects; an archived one stays readable and leaves the lists."""

    list_display = ("name", "entity", "created_by", "created_at", "archived_at")
    list_select_related = ("entity", "created_by")
    list_filter = (("archived_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("name", "entity__name")
    readonly_fields = ("entity", "name", "cursor", "created_by", "created_at", "archived_at", "deleted_at")
    actions = ("archive", "unarchive")

    @admin.action(description="Archive the selected projects")
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Archive the selected projects."""
        self._archive(request, queryset, archived=True)

    @admin.action(description="Take the selected projects out of the archive")
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
class SweepAdmin(DeletesByService):
    """Sweeps, steered as on their own pages."""

    list_display = ("sweep_id", "name", "project", "method", "state", "created_by", "created_at")
    list_select_related = ("project__entity", "created_by")
    list_filter = ("state", "method", "created_at")
    search_fields = ("sweep_id", "name", "project__name", "project__entity__name")
    readonly_fields = tuple(f.name for f in Sweep._meta.fields if f.name not in ("name", "description"))
    actions = ("pause", "resume", "stop", "cancel")

    @admin.action(description="Pause: no new runs, running ones go on")
    def pause(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Pause the selected sweeps."""
        self._control(request, queryset, "pause")

    @admin.action(description="Resume paused sweeps")
    def resume(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Resume the selected sweeps."""
        self._control(request, queryset, "resume")

    @admin.action(description="Stop: no new runs, running ones finish")
    def stop(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Stop the selected sweeps."""
        self._control(request, queryset, "stop")

    @admin.action(description="Cancel: running runs are stopped too")
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
class RunAdmin(DeletesByService):
    """Runs; their values come from clients and are not edited here."""

    list_display = ("run_id", "name", "project", "sweep", "state", "objective", "host", "created_at")
    list_select_related = ("project__entity", "sweep")
    list_filter = ("state", "created_at")
    search_fields = ("run_id", "name", "sweep__sweep_id", "project__name", "host")
    readonly_fields = tuple(f.name for f in Run._meta.fields if f.name not in ("name", "notes", "tags"))
    actions = ("stop",)

    @admin.action(description="Ask the selected runs to stop")
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
class AgentAdmin(BoundedAdmin):
    """Agents."""

    list_display = ("agent_id", "name", "sweep", "host", "state", "heartbeat_at")
    list_select_related = ("sweep",)
    list_filter = ("state", "created_at")
    search_fields = ("agent_id", "name", "host", "sweep__sweep_id")
    readonly_fields = tuple(f.name for f in Agent._meta.fields)


@admin.register(AgentJob)
class AgentJobAdmin(BoundedAdmin):
    """Agents that Celery workers run."""

    list_display = ("job_id", "program", "sweep", "state", "queue", "worker", "attempt", "created_at")
    list_select_related = ("sweep", "worker")
    list_filter = ("state", "queue", "program")
    search_fields = ("job_id", "program", "worker__name", "sweep__sweep_id")
    readonly_fields = tuple(f.name for f in AgentJob._meta.fields)
