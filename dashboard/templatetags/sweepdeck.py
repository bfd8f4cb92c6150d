"""How templates show numbers, times, states and addresses."""

from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard import formatting
from dashboard.charts.line_looks import line_look
from dashboard.views.page import address
from sweeps_app.models import Run

register = template.Library()

_THEMES = ("light", "dark")


@register.filter
def number(value: float | Literal[""] | None) -> str:
    """Return a number with four significant digits, a dash for none and for what is missing from the context."""
    return formatting.NOTHING if value is None or value == "" else formatting.number(value)


@register.filter
def value_text(value: Any) -> str:
    """Return a JSON value on one short line."""
    return formatting.value_text(value)


@register.filter
def exact(value: Any) -> str:
    """Return a JSON value with every digit."""
    return formatting.exact_text(value)


@register.filter
def seconds(value: float | None) -> str:
    """Return a length of time given in seconds."""
    return formatting.NOTHING if value is None else formatting.duration(value)


@register.simple_tag
def ago(moment: datetime | None, missing: str = formatting.NOTHING) -> str:
    """Return how long ago `moment` was; the tooltip is the moment, which a script puts into the viewer's zone."""
    if moment is None:
        return missing
    text = formatting.age(moment, timezone.now())
    return _time(moment, text)


@register.simple_tag
def lasting(start: datetime | None, end: datetime | None, *, ticks: bool = True) -> str:
    """Return how long something took, or has taken so far: a script lets that run on, where `ticks`."""
    if start is None:
        return formatting.NOTHING
    if end is not None:
        return formatting.duration((end - start).total_seconds())
    text = formatting.duration((timezone.now() - start).total_seconds())
    return format_html('<span data-since="{}">{}</span>', start.isoformat(), text) if ticks else text


@register.simple_tag
def until(moment: datetime) -> SafeString:
    """Return how long it is until `moment`; the tooltip is the moment."""
    text = formatting.duration((moment - timezone.now()).total_seconds())
    return _time(moment, f"in {text}")


@register.simple_tag
def page_url(*parts: object) -> str:
    """Return the path of a page from the components of its address."""
    return address(*(str(part) for part in parts))


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> SafeString | str:
    """Return the attribute of the theme that the viewer has chosen; without one, the system's holds."""
    request: HttpRequest | None = context.get("request")
    chosen = request.COOKIES.get("theme") if request is not None else None
    return format_html('data-theme="{}"', chosen) if chosen in _THEMES else ""


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """Draw an icon of the sprite; words beside it, or the label of its button, say what it means."""
    return _icon(name, size)


# A page has hundreds of them, of a few kinds; where the sprite is does not change while the server runs.
@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}#{2}"></use></svg>',
        size,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def line_mark(place: int) -> SafeString:
    """Draw how the line of run number `place` looks in charts of several runs."""
    look = line_look(place)
    ink = look["color"].removeprefix("var(--").removesuffix(")")
    return format_html(
        '<svg class="line-mark {}" width="22" height="8" aria-hidden="true">'
        '<line x1="0" y1="4" x2="22" y2="4" stroke-width="2" stroke-dasharray="{}"></line></svg>',
        ink,
        _DASHES[look["dash"]],
    )


@register.simple_tag
def state(value: str, *, pill: bool = False) -> SafeString:
    """Show the state of a sweep, run, agent or job by colour, shape and word."""
    key = value.lower()
    return _state(key, key.replace("_", " "), pill=pill)


@register.simple_tag
def run_state(run: Run, *, pill: bool = False) -> SafeString:
    """Show the state of a run: that it waits for another attempt, or which of several attempts the state is that of."""
    if run.queued_at is not None:
        return _state(run.state, "waits for an agent", pill=pill)
    shown = _state(run.state, run.state.replace("_", " "), pill=pill)
    if run.attempt == 1:
        return shown
    return format_html('{} <small class="faint">attempt {}</small>', shown, run.attempt)


@lru_cache(maxsize=256)
def _state(key: str, words: str, *, pill: bool) -> SafeString:
    drawn = icon(_ICONS.get(key, "dot"), 12)
    return format_html(
        '<span class="state state-{}{}">{}<span>{}</span></span>', key, " pill" if pill else "", drawn, words
    )


def _time(moment: datetime, text: str) -> SafeString:
    title = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), title, text)


_DASHES = {"solid": "none", "dash": "6 4", "dot": "2 3", "dashdot": "6 3 2 3"}
_ICONS = {
    "pending": "circle",
    "queued": "circle",
    "active": "dot",
    "exited": "check",
    "lost": "bolt",
    "running": "dot",
    "finished": "check",
    "failed": "cross",
    "crashed": "bolt",
    "killed": "stop",
    "canceled": "stop",
    "stopped": "stop",
    "stopped_early": "skip",
    "paused": "pause",
    "preempting": "arrow",
    "preempted": "arrow",
}
