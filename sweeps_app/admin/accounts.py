"""People, entities and API keys in the admin panel."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from sweeps_app.admin.base import BoundedAdmin
from sweeps_app.models import ApiKey, Entity, Membership, User
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
