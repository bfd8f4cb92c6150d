"""What clients asked for, in the admin panel."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from sweeps_app.admin.base import BoundedAdmin
from sweeps_app.models import UnservedRequest


@admin.register(UnservedRequest)
class UnservedRequestAdmin(BoundedAdmin):
    """What clients asked for and we lack, the most wanted first; deleting a row counts it anew."""

    list_display = ("subject", "operation", "count", "client", "last_at")
    list_filter = ("last_at",)
    search_fields = ("subject", "operation", "client")
    readonly_fields = ("subject", "operation", "message", "client", "count", "first_at", "last_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell that a count is not to be edited."""
        return False
