"""What the templates of the run table leave to Python."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from dashboard.run_table.row_html import cells_html
from sweeps_app.models import Run

register = template.Library()


@register.simple_tag
def run_cells(row: Any, best: Run | None = None) -> SafeString:
    """Return the cells of a row of the table."""
    return cells_html(row, best if isinstance(best, Run) else None)
