"""Programs and workers in the admin panel."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from sweeps_app.admin.base import BoundedAdmin, NotEdited
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Program, User, Worker
from sweeps_app.services.programs import ProgramDetails, program_check, program_register, program_remove, program_update

_DETAILS = ("kind", "source", "revision", "entry", "script", "python", "environment", "secrets")
_FIXED = ("project", "name", "kind")
_SHOWN = ("commit", "created_by", "created_at")


class ProgramForm(forms.ModelForm[Program]):
    """What is registered, checked as the API does."""

    class Meta:
        model = Program
        fields = (*_FIXED, *_DETAILS[1:], "is_enabled")

    def clean(self) -> dict[str, Any]:
        """Return what was typed in; every problem stands at its field."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            kind = given.get("kind", self.instance.kind)
            details = {name: given[name] for name in _DETAILS if name in given} | {"kind": kind}
            try:
                program_check(name=given.get("name", self.instance.name), details=ProgramDetails(**details))
            except InvalidInput as error:
                for problem in error.problems:
                    self.add_error(problem.field if problem.field in self.fields else None, problem.message)
        return given


def _person(request: HttpRequest) -> User:
    """Return who has signed in: nobody else gets here."""
    return cast("User", request.user)


@admin.register(Program)
class ProgramAdmin(BoundedAdmin):
    """Programs that agent jobs may execute; for superusers, since whoever may change one may run anything."""

    form = ProgramForm
    list_display = ("name", "project", "kind", "source", "revision", "is_enabled", "updated_at")
    list_select_related = ("project__entity",)
    list_filter = ("kind", "is_enabled")
    search_fields = ("name", "source", "project__name", "project__entity__name")
    autocomplete_fields = ("project",)
    actions = ("enable", "disable")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell that superusers register programs here."""
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_change_permission(self, request: HttpRequest, obj: Program | None = None) -> bool:
        """Tell that superusers change them."""
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Program | None = None) -> bool:
        """Tell that superusers remove them."""
        return self.has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Program | None = None) -> tuple[str, ...]:
        """Return what stays as it was registered."""
        return _SHOWN if obj is None else (*_FIXED, *_SHOWN)

    def save_model(self, request: HttpRequest, obj: Program, form: forms.ModelForm[Program], change: bool) -> None:
        """Store the program, a revision pinned to its commit."""
        given = form.cleaned_data
        user = _person(request)
        if change:
            changed = {name: given[name] for name in form.changed_data if name in _DETAILS}
            stored = program_update(user=user, program=obj, is_enabled=given["is_enabled"], **changed)
        else:
            details = ProgramDetails(**{name: given[name] for name in _DETAILS})
            stored, _ = program_register(user=user, project=obj.project, name=obj.name, details=details)
        obj.pk = stored.pk

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Remove one program."""
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any] | list[Any]) -> None:
        """Remove programs; jobs that wait for them fail."""
        for program in queryset:
            program_remove(user=_person(request), program=program)

    @admin.action(description="Enable the selected programs", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Let jobs run the selected programs again."""
        self._switch(request, queryset, is_enabled=True)

    @admin.action(description="Disable the selected programs: jobs that wait for them fail", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Let no further job run the selected programs."""
        self._switch(request, queryset, is_enabled=False)

    def _switch(self, request: HttpRequest, queryset: QuerySet[Any], *, is_enabled: bool) -> None:
        for program in queryset:
            program_update(user=_person(request), program=program, is_enabled=is_enabled)
        self.message_user(request, f"Programs changed: {len(queryset)}.")


@admin.register(Worker)
class WorkerAdmin(NotEdited):
    """Worker processes, as they have said of themselves."""

    list_display = ("worker_id", "name", "host", "state", "queues", "slots", "gpus", "heartbeat_at")
    list_filter = ("state", "host")
    search_fields = ("worker_id", "name", "host")
