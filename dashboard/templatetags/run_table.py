"""What the templates of the run table leave to Python."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from dashboard.run_table.row_html import rows_html
from sweeps_app.models import Run

register = template.Library()


@register.simple_tag
def run_rows(rows: Iterable[Any], best: Run | None = None) -> SafeString:
    """Return the rows of the table."""
    return rows_html(rows, best if isinstance(best, Run) else None)
