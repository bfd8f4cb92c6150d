"""What the templates of the run table leave to Python."""

from collections.abc import Iterable
from typing import Any, Literal

from django import template
from django.utils.safestring import SafeString

from dashboard.run_table.row_html import rows_html

register = template.Library()


@register.simple_tag
def run_rows(rows: Iterable[Any], best: int | Literal[""] | None = None) -> SafeString:
    """Return the rows of the table; `best` is the primary key of the best run, "" where the context has none."""
    return rows_html(rows, best or None)
