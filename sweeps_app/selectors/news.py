"""What requests that wait are told of, for many at once: a number for each subject that grows when there is news."""

from collections.abc import Sequence
from typing import Literal

from django.db import close_old_connections

from sweeps_app.models import Run, Sweep

RUN: Literal["run"] = "run"
SWEEP: Literal["sweep"] = "sweep"
Subject = tuple[Literal["run", "sweep"], int]

# Of a run that its client need not wait for any longer: it is to stop, has ended, was given away or deleted.
NO_LONGER = 2**62
_PART = 900


def news(subjects: Sequence[Subject]) -> dict[Subject, int]:
    """Return how far each subject is: a run's attempt, a sweep's count of what agents are told of."""
    close_old_connections()
    try:
        sweeps = [key for topic, key in subjects if topic == SWEEP]
        runs = [key for topic, key in subjects if topic == RUN]
        found: dict[Subject, int] = {}
        for part in _parts(sweeps):
            woken = dict(_woken(part))
            found |= {(SWEEP, key): woken.get(key, NO_LONGER) for key in part}
        for part in _parts(runs):
            attempts = dict(_attempts(part))
            found |= {(RUN, key): attempts.get(key, NO_LONGER) for key in part}
        return found
    finally:
        close_old_connections()


def _woken(keys: Sequence[int]) -> list[tuple[int, int]]:
    return list(Sweep.everything.filter(pk__in=keys).order_by().values_list("pk", "woken"))


def _attempts(keys: Sequence[int]) -> list[tuple[int, int]]:
    going_on = Run.everything.filter(
        pk__in=keys, stop_requested=False, queued_at=None, deleted_at=None, state__in=Run.ACTIVE_STATES
    )
    return list(going_on.order_by().values_list("pk", "attempt"))


def _parts(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + _PART] for start in range(0, len(keys), _PART)]
