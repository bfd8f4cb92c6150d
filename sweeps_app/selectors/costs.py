"""What a sweep has cost and saved in time, and how fast its runs end: sums by the database, a few rows for the pace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Avg, Count, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest

from sweeps_app.models import AgentJob, Run, RunAttempt, Sweep
from sweeps_app.selectors.moments import Epoch

# Runs that give the pace: the last ones, since code, machines and space may have changed on the way.
PACE_RUNS = 20
# Runs that went to their end before their length says anything of the others'.
MIN_WHOLE = 3
_STATE = Run.State
_AT_WORK = (_STATE.RUNNING, _STATE.PREEMPTING)


@dataclass(frozen=True)
class Saving:
    """What early stopping has saved: `seconds` that the `runs` it stopped would have gone on, by an estimate.

    `rows` is how many rows the finished runs have logged on average: a stopped run would have logged as many, each in
    the time that its own rows took.
    """

    runs: int
    seconds: float
    rows: float


@dataclass(frozen=True)
class Costs:
    """Seconds that all attempts at a sweep's runs took, and that its jobs held graphics cards, times their number."""

    seconds: float
    gpu_seconds: float
    saving: Saving | None


_TOOK: Combinable = Epoch(F("finished_at")) - Epoch(F("started_at"))


def sweep_costs(sweep: Sweep, counts: Mapping[str, int], ages: Sequence[float], now: datetime) -> Costs:
    """Return what a sweep has cost until `now`, when its runs by state are `counts` and those under way took `ages`."""
    ended = tuple(sorted((state, n) for state, n in counts.items() if state not in Run.ACTIVE_STATES))
    # The sums are of runs that have ended: while none of them comes or goes, they stay.
    known = _ended_costs(sweep.sweep_id, sweep.pk, (ended, sweep.run_deleted_change))
    beside, cards = _beside_runs(sweep, now)
    return Costs(known.seconds + sum(ages) + beside, cards, known.saving)


def last_durations(sweep: Sweep) -> list[float]:
    """Return how many seconds each of the last runs took to its end, the newest first: the last ones tell the pace."""
    last = Run.objects.filter(sweep=sweep, finished_at__isnull=False, started_at__isnull=False).order_by("-change")
    took = last.values_list("started_at", "finished_at")[:PACE_RUNS]
    return [max((end - start).total_seconds(), 0.0) for start, end in took if start and end]


def ages_under_way(sweep: Sweep, now: datetime) -> list[float]:
    """Return for how many seconds each run that is under way has gone on."""
    found = Run.objects.filter(sweep=sweep, state__in=_AT_WORK, started_at__isnull=False).order_by()
    return [max((now - start).total_seconds(), 0.0) for start in found.values_list("started_at", flat=True) if start]


def _beside_runs(sweep: Sweep, now: datetime) -> tuple[float, float]:
    """Return the seconds of attempts that were not the last ones, and of graphics cards that jobs held."""
    attempts = RunAttempt.objects.filter(run__sweep=OuterRef("pk"), run__deleted_at=None, started_at__isnull=False)
    jobs = AgentJob.objects.filter(sweep=OuterRef("pk"), gpus__gt=0, started_at__isnull=False)
    until = Coalesce(Epoch(F("finished_at")), Value(now.timestamp()))
    held = (until - Epoch(F("started_at"))) * Cast(F("gpus"), FloatField())
    sums = Subquery(_sum(attempts, "run__sweep", _TOOK)), Subquery(_sum(jobs, "sweep", held))
    found = Sweep.everything.filter(pk=sweep.pk).order_by().values_list(*sums).get()
    return found[0] or 0.0, found[1] or 0.0


def _sum(rows: QuerySet[Any], field: str, seconds: Any) -> QuerySet[Any, Any]:
    summed: QuerySet[Any, Any] = rows.order_by().values(field).annotate(total=Sum(seconds)).values("total")
    return summed


@lru_cache(maxsize=512)
def _ended_costs(_sweep_id: str, sweep_pk: int, _version: Any) -> Costs:
    """Sum up the runs that have ended; the arguments that are not read say which ones these were."""
    ended = Run.objects.filter(sweep=sweep_pk, started_at__isnull=False, finished_at__isnull=False).order_by()
    whole = Q(state=_STATE.FINISHED, history_rows__gt=0)
    cut = Q(state=_STATE.STOPPED_EARLY, history_rows__gt=0)
    found = ended.aggregate(
        seconds=Sum(_TOOK),
        whole=Count("pk", filter=whole),
        rows=Avg("history_rows", filter=whole),
        cut=Count("pk", filter=cut),
    )
    saving = None
    if found["cut"] and found["whole"] >= MIN_WHOLE:
        saving = Saving(found["cut"], _saved(ended.filter(cut), found["rows"]), found["rows"])
    return Costs(found["seconds"] or 0.0, 0.0, saving)


def _saved(cut: QuerySet[Run], rows: float) -> float:
    logged = Cast(F("history_rows"), FloatField())
    missing = Greatest(Value(rows) - logged, Value(0.0), output_field=FloatField())
    return float(cut.aggregate(seconds=Sum(_TOOK * missing / logged))["seconds"] or 0.0)
