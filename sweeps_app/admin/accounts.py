"""People, entities and API keys in the admin panel."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from sweeps_app.admin.base import BoundedAdmin
from sweeps_app.models import ApiKey, Entity, Membership, Project, User
from sweeps_app.services.keys import key_revoke


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People; a new one gets an own entity."""

    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    list_display = ("username", "email", "is_active", "is_staff", "last_login")

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Store the person together with the entity that bears the name."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            Entity.personal_for(obj)


class MembershipInline(admin.TabularInline[Membership, Entity]):
    """The members of an entity."""

    model = Membership
    autocomplete_fields = ("user",)
    extra = 0


@admin.register(Entity)
class EntityAdmin(BoundedAdmin):
    """Owners of projects; a team is an entity without an owner."""

    list_display = ("name", "owner", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name",)
    autocomplete_fields = ("owner",)
    inlines = (MembershipInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Teams are made here."""
        return bool(request.user.has_perm("sweeps_app.add_entity"))

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[Any], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what the confirmation shows: what owns projects stays until workers have removed these."""
        if kept := [_kept(entity) for entity in objs if Project.everything.filter(entity=entity).exists()]:
            return [], {}, set(), kept
        found: tuple[list[str], dict[str, int], set[str], list[str]] = super().get_deleted_objects(objs, request)
        return found


def _kept(entity: Entity) -> str:
    """Return why an entity cannot be deleted now, and what to do first."""
    count = Project.objects.filter(entity=entity).count()
    if not count:
        return f"{entity}: the workers still remove its deleted projects; try again when they have"
    address = f"{reverse('admin:sweeps_app_project_changelist')}?q={quote(entity.name)}"
    words = '{}: it owns projects ({}). Delete <a href="{}">these</a> first; it can go when workers have removed them'
    return format_html(words, entity, count, address)


@admin.register(ApiKey)
class ApiKeyAdmin(BoundedAdmin):
    """API keys; a secret is never shown, a key is made on the settings page."""

    list_display = ("prefix", "name", "user", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("user",)
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("prefix", "name", "user__username")
    readonly_fields = ("user", "prefix", "created_at", "last_used_at", "revoked_at")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke the selected keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Make the selected keys useless."""
        for key in queryset:
            key_revoke(key=key)
        self.message_user(request, f"Keys revoked: {len(queryset)}.")
