"""A list, cut to a page by the database."""

import math
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """One page of a list of `count` things; `page` is within 1 to `pages`."""

    rows: list[Row]
    count: int
    page: int
    pages: int


def list_page(rows: QuerySet[Row, Any], *, page: int, page_size: int) -> ListPage[Row]:
    """Return page number `page`; one beyond the last is the last."""
    count = rows.count()
    pages = max(math.ceil(count / page_size), 1)
    page = min(page, pages)
    start = (page - 1) * page_size
    return ListPage(rows=list(rows[start : start + page_size]), count=count, page=page, pages=pages)
