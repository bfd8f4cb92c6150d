"""Try runs of a sweep again because a person asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.models import Project, Run, Sweep, User
from sweeps_app.services.attempts import AttemptEnd, requeue
from sweeps_app.services.bell import EVERYONE, sweep_wake
from sweeps_app.services.liveness import check_attempt
from sweeps_app.services.locks import sweep_locked
from sweeps_app.services.sweeps import sweep_reopen

State = Run.State

OPEN_STATES = (*Sweep.ACTIVE_STATES, Sweep.State.FINISHED)
RETRIED_STATES = (State.FAILED, State.CRASHED, State.KILLED, State.PREEMPTED, State.STOPPED_EARLY)
DEFAULT_STATES = (State.FAILED, State.CRASHED)
# Bounds one request; the next one takes the rest.
MAX_RUNS = 10_000
_PART = 500


@dataclass(frozen=True)
class Retried:
    """The runs that wait for another attempt now, and how many more there are to ask for."""

    run_ids: tuple[str, ...]
    left: int


@transaction.atomic
def run_retry(*, run: Run, user: User) -> bool:
    """Let an ended run wait for another attempt under the same configuration; return whether it did not wait before.

    Raises `Conflict` for a run that is not of a sweep's choice, has finished or goes on, or whose sweep hands out no
    more runs.
    """
    sweep = _open_sweep(run.sweep_id)
    locked = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.queued_at is not None:
        return False
    check_attempt(run, locked)
    if locked.suggestion_id is None:
        raise Conflict("the run is not of a sweep's choice: nobody would run it")
    if locked.state not in RETRIED_STATES:
        raise Conflict(f"a run that is {locked.state} is not tried again")
    _retry(sweep, [locked], user)
    return True


@transaction.atomic
def runs_retry(*, sweep: Sweep, user: User, states: Sequence[str] = DEFAULT_STATES) -> Retried:
    """Let all runs of a sweep that ended in one of `states` wait for another attempt, at most 10,000 at once.

    Raises `InvalidInput` for other states than those of `RETRIED_STATES`, `Conflict` where the sweep hands out no more
    runs. Saying so again takes what has ended meanwhile.
    """
    for place, state in enumerate(states):
        if state not in RETRIED_STATES:
            raise InvalidInput.of(f"states[{place}]", f"must be one of {', '.join(RETRIED_STATES)}")
    locked = _open_sweep(sweep.pk)
    ended = Run.objects.filter(sweep=locked, state__in=states, suggestion__isnull=False).order_by("pk")
    runs = list(ended.select_for_update(of=("self",))[:MAX_RUNS])
    if runs:
        _retry(locked, runs, user)
    return Retried(tuple(run.run_id for run in runs), left=ended.count())


def may_retry(run: Run) -> bool:
    """Tell whether a person may ask for another attempt at a run, as far as its own row and its sweep's tell."""
    is_open = run.sweep is not None and run.suggestion_id is not None and run.sweep.state in OPEN_STATES
    return is_open and run.queued_at is None and run.state in RETRIED_STATES


def runs_retry_selected(*, project: Project, run_ids: Sequence[str], user: User) -> int:
    """Let those of the named runs of a project wait for another attempt that can; return how many.

    Runs that finished, go on, or are not of the choice of a sweep that hands out runs are passed over. Raises
    `InvalidInput` for more than 10,000 ids.
    """
    if len(run_ids) > MAX_RUNS:
        raise InvalidInput.of("run_ids", f"has more than {MAX_RUNS:,} entries: send several requests")
    named: dict[int, list[str]] = {}
    for part in _parts(run_ids):
        found = Run.objects.filter(project=project, run_id__in=part, sweep__isnull=False).order_by()
        for sweep, run_id in found.values_list("sweep", "run_id"):
            named.setdefault(int(sweep or 0), []).append(run_id)
    return sum(_retry_of_sweep(pk, ids, user) for pk, ids in sorted(named.items()))


@transaction.atomic
def _retry_of_sweep(pk: int, run_ids: Sequence[str], user: User) -> int:
    sweep = sweep_locked(pk)
    if sweep is None or sweep.state not in OPEN_STATES:
        return 0
    count = 0
    for part in _parts(run_ids):
        ended = Run.objects.filter(sweep=sweep, run_id__in=part, state__in=RETRIED_STATES, suggestion__isnull=False)
        runs = list(ended.select_for_update(of=("self",)).order_by("pk"))
        if runs:
            _retry(sweep, runs, user)
        count += len(runs)
    return count


def _parts(run_ids: Sequence[str]) -> list[Sequence[str]]:
    return [run_ids[start : start + _PART] for start in range(0, len(run_ids), _PART)]


def _open_sweep(pk: int | None) -> Sweep:
    sweep = None if pk is None else sweep_locked(pk)
    if sweep is None:
        raise Conflict("the run is not of a sweep: nobody would run it")
    if sweep.state not in OPEN_STATES:
        raise Conflict(f"the sweep is {sweep.state}, and hands out no more runs")
    return sweep


def _retry(sweep: Sweep, runs: Sequence[Run], user: User) -> None:
    sweep_reopen(sweep=sweep)
    now = timezone.now()
    for run in runs:
        end = AttemptEnd(
            Run.Cause.RETRIED,
            run.state,
            run.finished_at or now,
            exit_code=run.exit_code,
            error=run.error,
            asked_by=user,
        )
        requeue(run=run, sweep=sweep, end=end)
    sweep_wake(sweep=sweep, count=EVERYONE)
