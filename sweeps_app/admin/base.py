"""What the pages of the admin panel share."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest
from django.utils.functional import cached_property


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
