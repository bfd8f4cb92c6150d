"""Runs: start, change, keep alive, finish."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.json_values import storable
from sweeps_app.models import Project, Run, Sweep, User
from sweeps_app.models.identifiers import new_id, run_id_pattern
from sweeps_app.services.bell import prepare_ring
from sweeps_app.services.projects import DEFAULT_PROJECT, project_create
from sweeps_app.services.results import result_record
from sweeps_app.services.summary import apply_summary
from sweeps_app.services.sweeps import sweep_settle

State = Run.State

STARTABLE_STATES = (State.PENDING, State.RUNNING, State.CRASHED, State.PREEMPTED)
# The server gave these up; a sign of life from the client is better knowledge.
_GIVEN_UP_STATES = (State.CRASHED,)
FINISH_STATES = (State.FINISHED, State.FAILED, State.KILLED)
MAX_CONFIG_KEYS = 100_000


@dataclass(frozen=True)
class RunDetails:
    """What a client says of a run when it starts it; None leaves a field as it is."""

    name: str | None = None
    config: dict[str, Any] | None = None
    tags: list[str] | None = None
    notes: str | None = None
    group: str | None = None
    job_type: str | None = None
    host: str | None = None
    program: str | None = None
    summary: dict[str, Any] | None = None


def run_start(
    *,
    user: User,
    details: RunDetails,
    run_id: str | None = None,
    entity_name: str | None = None,
    project_name: str | None = None,
) -> tuple[Run, bool]:
    """Start the run `run_id`, made now or handed out before, and tell whether this call made it.

    Raises `InvalidInput` for unusable ids or values, `NotFound` for an entity of someone else and `Conflict` for
    a run that has already ended.
    """
    run_id = run_id or new_id()
    try:
        run_id_pattern(run_id)
    except ValidationError as error:
        raise InvalidInput.of("run_id", str(error.message)) from None
    values = _checked_values(details)
    with transaction.atomic():
        project, _ = project_create(user=user, name=project_name or DEFAULT_PROJECT, entity_name=entity_name)
        created = _insert_if_absent(user, project, run_id)
        run = Run.objects.select_for_update(of=("self",)).get(project=project, run_id=run_id)
        if run.state not in STARTABLE_STATES:
            raise Conflict(f"run '{run_id}' has ended ({run.state}): start another under a new id")
        _begin(run)
        _apply(run, values, details.summary)
    return run, created


@transaction.atomic
def run_update(*, run: Run, details: RunDetails) -> Run:
    """Change what is given, `config` and `summary` merged by key, and return the run as stored."""
    values = _checked_values(details)
    # A changed summary may change what the search has learned, and a sweep is locked before its runs.
    sweep = Sweep.objects.select_for_update().filter(runs=run.pk).first() if details.summary else None
    locked = Run.objects.select_for_update(of=("self",)).select_related("sweep").get(pk=run.pk)
    if "config" in values:
        values["config"] = locked.config | values["config"]
    _apply(locked, values, details.summary)
    if sweep is not None and locked.finished_at is not None:
        result_record(run=locked, sweep=sweep)
        prepare_ring(sweep=sweep)
    return locked


def run_heartbeat(*, run: Run) -> bool:
    """Note that a run is alive and return whether it is to stop.

    A run that was given up as crashed is running again.
    """
    Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now())
    if run.state in _GIVEN_UP_STATES:
        _revive(run)
    return run.stop_requested


@transaction.atomic
def run_stop(*, run: Run) -> bool:
    """Ask an active run to stop; its client learns it with the next answer. Return whether it was active."""
    won = Run.objects.filter(pk=run.pk, state__in=Run.ACTIVE_STATES).update(
        stop_requested=True, stop_reason=Run.StopReason.PERSON
    )
    if won:
        Run.objects.filter(pk=run.pk).update(change=Project.next_cursor(run.project_id))
    return bool(won)


@transaction.atomic
def run_finish(
    *,
    run: Run,
    exit_code: int,
    state: str | None = None,
    error: str = "",
    summary: dict[str, Any] | None = None,
) -> Run:
    """End a run and return it as stored. The first end counts, but the client's word corrects "crashed".

    Without `state`, exit code 0 is "finished"; any other is "killed" where a stop was asked for, else "failed". What
    would be "killed" is "stopped_early" where the sweep's stopping rule has asked for it.
    """
    sweep = Sweep.objects.select_for_update().filter(runs=run.pk).first()
    locked = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    locked.sweep = sweep
    if locked.state in (*Run.ACTIVE_STATES, State.CRASHED, State.PREEMPTED):
        locked.state = ended_as(locked, state or _end_state(locked, exit_code))
        locked.exit_code = exit_code
        locked.error = storable(error, "error")
        locked.finished_at = timezone.now()
        _apply(locked, {}, summary)
        locked.save(update_fields=["state", "exit_code", "error", "finished_at"])
        if sweep is not None:
            result_record(run=locked, sweep=sweep)
            prepare_ring(sweep=sweep)
    if sweep is not None:
        sweep_settle(sweep=sweep)
    return locked


def ended_as(run: Run, state: str) -> str:
    """Return the state of a run that ends in `state`: a kill by the stopping rule is no failure."""
    by_rule = state == State.KILLED and run.stop_reason == Run.StopReason.RULE
    return State.STOPPED_EARLY if by_rule else state


def _end_state(run: Run, exit_code: int) -> str:
    if exit_code == 0:
        return State.FINISHED
    return State.KILLED if run.stop_requested else State.FAILED


def _checked_values(details: RunDetails) -> dict[str, Any]:
    names = ("name", "config", "tags", "notes", "group", "job_type", "host", "program")
    given = {name: getattr(details, name) for name in names}
    values = {name: storable(value, name) for name, value in given.items() if value is not None}
    if len(values.get("config", ())) > MAX_CONFIG_KEYS:
        raise InvalidInput.of("config", f"has more than {MAX_CONFIG_KEYS:,} keys")
    return values


def _insert_if_absent(user: User, project: Project, run_id: str) -> bool:
    if Run.objects.filter(project=project, run_id=run_id).exists():
        return False
    try:
        with transaction.atomic():
            Run.objects.create(project=project, run_id=run_id, name=run_id, created_by=user)
    except IntegrityError:
        return False
    return True


def _begin(run: Run) -> None:
    if run.state != State.RUNNING:
        run.state = State.RUNNING
        run.started_at = run.started_at or timezone.now()
        run.finished_at = None
    run.heartbeat_at = timezone.now()


def _apply(run: Run, values: dict[str, Any], summary: dict[str, Any] | None) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    if summary:
        apply_summary(run, summary)
    run.change = Project.next_cursor(run.project_id)
    run.save()


def _revive(run: Run) -> None:
    with transaction.atomic():
        won = Run.objects.filter(pk=run.pk, state__in=_GIVEN_UP_STATES).update(state=State.RUNNING, finished_at=None)
        if won:
            Run.objects.filter(pk=run.pk).update(change=Project.next_cursor(run.project_id))
