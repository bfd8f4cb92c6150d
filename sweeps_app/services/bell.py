"""The bell: whoever changes what a search knows asks a worker to bring the prepared suggestions up to date."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from sweeps_app.config.celery import app
from sweeps_app.models import Sweep
from sweeps_app.services.making import is_left_to_others, is_slow

PREPARE_SUGGESTIONS = "sweeps_app.tasks.prepare_suggestions"
RING_AGAIN = timedelta(seconds=5)
BELL_SECONDS = 60
# More than agents wait for one sweep.
EVERYONE = 1_000_000


def prepare_ring(*, sweep: Sweep) -> None:
    """Ask a worker to bring the sweep's prepared suggestions up to date, unless one is at it or on its way.

    The caller holds the lock of the sweep's row.
    """
    now = timezone.now()
    if not is_prepared(sweep) or is_preparing(sweep) or (sweep.rung_at and now - sweep.rung_at < RING_AGAIN):
        return
    sweep.rung_at = now
    sweep.save(update_fields=["rung_at"])
    transaction.on_commit(
        lambda: app.send_task(PREPARE_SUGGESTIONS, kwargs={"sweep_id": sweep.pk}, expires=BELL_SECONDS), robust=True
    )


def sweep_wake(*, sweep: Sweep, count: int = 1) -> None:
    """Let so many agents that wait for work ask again, of which the caller holds the lock of the sweep's row."""
    sweep.woken += count
    sweep.save(update_fields=["woken"])


def is_preparing(sweep: Sweep) -> bool:
    """Tell whether a worker makes suggestions for the sweep now."""
    return sweep.preparing_until is not None and sweep.preparing_until > timezone.now()


def is_prepared(sweep: Sweep) -> bool:
    """Tell whether the sweep's suggestions are made ahead."""
    return is_slow(sweep) and not is_left_to_others(sweep)
