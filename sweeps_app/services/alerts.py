"""Alerts: a run wants a person to read something."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import InvalidInput
from sweeps_app.json_values import storable
from sweeps_app.models import Project, Run, RunAlert
from sweeps_app.services.liveness import run_locked

MAX_TEXT = 10_000
MAX_ALERTS = 1_000
_MAX_TITLE = 200


@transaction.atomic
def alert_note(*, run: Run, title: str, text: str, level: str, wait: timedelta = timedelta(0)) -> RunAlert | None:
    """Keep an alert, and return it; None where the run has given one of the same title within `wait`.

    Raises `InvalidInput` for a text that is too long or cannot be stored, and for a run that has given a thousand.
    """
    if len(title) > _MAX_TITLE or not title:
        raise InvalidInput.of("title", f"must have 1 to {_MAX_TITLE} characters")
    if len(text) > MAX_TEXT:
        raise InvalidInput.of("text", f"has more than {MAX_TEXT:,} characters")
    locked = run_locked(run, "project_id")
    earlier = RunAlert.objects.filter(run=locked)
    if wait and earlier.filter(title=title, created_at__gt=timezone.now() - wait).exists():
        return None
    if earlier.count() >= MAX_ALERTS:
        raise InvalidInput.of("title", f"a run gives at most {MAX_ALERTS:,} alerts")
    alert = RunAlert.objects.create(
        run=locked, title=storable(title, "title"), text=storable(text, "text"), level=level
    )
    Run.objects.filter(pk=locked.pk).update(change=Project.next_cursor(locked.project_id))
    return alert
