"""What the pages of the admin panel share."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db import connection, models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html


class BoundedPaginator(Paginator[Any]):
    """Counts the pages; on PostgreSQL a large unfiltered table is counted by the planner's estimate."""

    ESTIMATE_ABOVE = 50_000

    @cached_property
    def count(self) -> int:
        """Return the number of rows, or a good estimate of a very large one."""
        estimate = self._estimate()
        return estimate if estimate > self.ESTIMATE_ABOVE else super().count

    def _estimate(self) -> int:
        query = getattr(self.object_list, "query", None)
        if connection.vendor != "postgresql" or query is None or query.where:
            return 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = %s", [query.model._meta.db_table])
            row = cursor.fetchone()
        return int(row[0]) if row else 0


class BoundedAdmin(admin.ModelAdmin[Any]):
    """Pages of 50 rows, relations joined or typed in by number: no page grows with the table."""

    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    paginator = BoundedPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell that rows come from clients, not from this panel."""
        return False


class OnPages(BoundedAdmin):
    """What has a page of its own in the dashboard, to which its form and its row in the list lead."""

    def address_of(self, row: Any) -> tuple[str, list[str]]:
        """Return the name of the page in the addresses' configuration, and its arguments."""
        raise NotImplementedError

    def view_on_site(self, obj: Any) -> str:
        """Return the address of the page."""
        name, arguments = self.address_of(obj)
        return reverse(name, args=arguments)

    @admin.display(description="page")
    def page(self, obj: Any) -> str:
        """Return a link to the page."""
        return format_html('<a href="{}" aria-label="Open the page of {}">Open</a>', self.view_on_site(obj), obj)


class NotEdited(BoundedAdmin):
    """Shows all, and changes by actions only: a row saved as a whole would undo what comes in meanwhile."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return all fields."""
        return [field.name for field in self.opts.fields]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the form without buttons that would save nothing."""
        context |= {"show_save": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)


class DeletesByService(BoundedAdmin):
    """Deletes as the API does: the confirmation says how much goes without reading it, and workers remove the rows."""

    def delete_by_service(self, row: Any) -> None:
        """Delete one row."""
        raise NotImplementedError

    def size_of(self, row: Any) -> str:
        """Return what goes with a row, in words."""
        raise NotImplementedError

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[Any], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what the confirmation shows."""
        rows = list(objs)
        shown = [f"{row}{self.size_of(row)}" for row in rows]
        needed = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return shown, {str(self.opts.verbose_name_plural): len(rows)}, needed, []

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Delete one row."""
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any] | list[Any]) -> None:
        """Delete rows; one that somebody else has deleted meanwhile is passed over."""
        for row in queryset:
            with suppress(ObjectDoesNotExist):
                self.delete_by_service(row)
