"""Put right what silence left: crashed runs, lost agents, sweeps whose last run is gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from sweeps_app.models import Agent, Run, Sweep, Watch
from sweeps_app.selectors.watch import is_watched
from sweeps_app.selectors.workers import workers_watched
from sweeps_app.services.locks import sweep_locked
from sweeps_app.services.lost_runs import lost_end
from sweeps_app.services.sweeps import sweep_settle

# A run that was asked to stop and is silent has stopped.
STOPPING_TIMEOUT = timedelta(seconds=60)
# An agent begins what it is given at once.
BEGIN_TIMEOUT = timedelta(seconds=60)
AGENT_TIMEOUT = timedelta(seconds=120)
# Clients that have waited for the server are heard again within so long.
RETURN_TIMEOUT = timedelta(seconds=60)
# Bounds one pass; the next one takes the rest.
BATCH = 500


@dataclass(frozen=True)
class Reconciled:
    """How many runs, agents and sweeps a pass has ended."""

    runs: int
    agents: int
    sweeps: int


def reconcile(*, now: datetime) -> Reconciled:
    """End runs and agents that have been silent too long at `now`, then the sweeps that this leaves without runs."""
    return Reconciled(
        runs=runs_crash(runs=_silent_runs(now), now=now), agents=_lose_agents(now), sweeps=_settle_sweeps()
    )


def silence_is_theirs(now: datetime) -> bool:
    """Tell whether the clients that are silent at `now` are so of their own: while the web was away, all have been."""
    since = now - min(RETURN_TIMEOUT, timedelta(seconds=settings.RUN_TIMEOUT_SECONDS))
    watched = is_watched(Watch.Part.WEB, since=since, now=now)
    return workers_watched(since) if watched is None else watched


def _silent_runs(now: datetime) -> Iterable[Run]:
    active = Run.objects.filter(state__in=Run.ACTIVE_STATES, queued_at=None)
    timeout = timedelta(seconds=settings.RUN_TIMEOUT_SECONDS)
    silent = active.filter(heartbeat_at__lt=now - timeout)
    stopping = active.filter(heartbeat_at__lt=now - STOPPING_TIMEOUT, stop_requested=True)
    unbegun = active.filter(heartbeat_at__lt=now - BEGIN_TIMEOUT, state=Run.State.PENDING)
    return (silent | stopping | unbegun).order_by("pk")[:BATCH]


def runs_crash(*, runs: Iterable[Run], now: datetime, cause: str = Run.Cause.LOST) -> int:
    """Give back or end runs whose process is gone, unless they have been heard of since they were read.

    One that its sweep tries again waits for another agent from now on. Return how many there were.
    """
    return sum(_end_run(run, now, cause) for run in runs)


@transaction.atomic
def _end_run(run: Run, now: datetime, cause: str) -> int:
    sweep = sweep_locked(run.sweep_id) if run.sweep_id is not None else None
    rows = Run.objects.select_for_update(of=("self",)).order_by()
    same = rows.filter(pk=run.pk, state=run.state, heartbeat_at=run.heartbeat_at, attempt=run.attempt, queued_at=None)
    locked = same.first()
    if locked is None:
        return 0
    lost_end(run=locked, sweep=sweep, now=now, cause=cause)
    return 1


def _lose_agents(now: datetime) -> int:
    return Agent.objects.filter(state=Agent.State.ACTIVE, heartbeat_at__lt=now - AGENT_TIMEOUT).update(
        state=Agent.State.LOST
    )


def _settle_sweeps() -> int:
    active = Run.objects.filter(sweep=OuterRef("pk"), state__in=Run.ACTIVE_STATES)
    waiting = Sweep.objects.filter(~Exists(active), finished_at=None)
    over = waiting.filter(state=Sweep.State.RUNNING, is_exhausted=True) | waiting.filter(
        state__in=(Sweep.State.STOPPED, Sweep.State.CANCELED)
    )
    return sum(_settle(pk) for pk in over.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _settle(sweep_pk: int) -> int:
    sweep = Sweep.objects.select_for_update().get(pk=sweep_pk)
    sweep_settle(sweep=sweep)
    return int(sweep.finished_at is not None)
