"""How a report shows times and states: it is read much later, and has no files beside it for icons."""

from datetime import datetime

from django import template
from django.utils.html import format_html

from dashboard.formatting import NOTHING

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment in UTC, which a script puts into the reader's zone; a dash for none."""
    if value is None:
        return NOTHING
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value:%Y-%m-%d %H:%M} UTC")


@register.filter
def state_word(value: str) -> str:
    """Return the state of a sweep or a run in its colour."""
    key = value.lower()
    return format_html('<span class="state state-{}">{}</span>', key, key.replace("_", " "))
