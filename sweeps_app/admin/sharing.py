"""Share links in the admin panel."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sweeps_app.admin.base import BoundedAdmin
from sweeps_app.models import ShareLink
from sweeps_app.selectors.share_links import ending_of
from sweeps_app.services.sharing import share_revoke


@admin.register(ShareLink)
class ShareLinkAdmin(BoundedAdmin):
    """What is shown to people without an account, by whom, until when, and how often it was opened."""

    list_display = ("__str__", "sweep", "created_by", "created_at", "expires_at", "uses", "last_used_at", "works")
    list_filter = ("created_at", "expires_at", "revoked_at")
    list_select_related = ("sweep__project", "created_by")
    search_fields = ("share_id", "name", "sweep__sweep_id", "created_by__username")
    fields = ("sweep", "name", "created_by", "created_at", "expires_at", "revoked_at", "uses", "last_used_at")
    readonly_fields = fields
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell that a link is revoked, not edited."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Tell that whoever may change or delete links may revoke them, and nobody who may only look."""
        return any(request.user.has_perm(f"sweeps_app.{verb}_sharelink") for verb in ("change", "delete"))

    @admin.display(boolean=True)
    def works(self, link: ShareLink) -> bool:
        """Tell whether the link still shows something."""
        return ending_of(link, timezone.now()) is None

    @admin.action(description="Revoke the selected links", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ShareLink]) -> None:
        """Make links useless from now on."""
        for link in queryset:
            share_revoke(link=link)
        self.message_user(request, "The links show nothing any more.")
