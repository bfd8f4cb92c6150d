"""Runs: start, change, keep alive, finish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput, NotFound, StaleAttempt
from sweeps_app.json_values import storable
from sweeps_app.models import Agent, Project, Run, Sweep, User
from sweeps_app.models.compiled import CompiledQuery
from sweeps_app.models.compiled_writes import insert_row, update_row
from sweeps_app.models.identifiers import new_id, run_id_pattern
from sweeps_app.selectors.access import SHOWN_WITH_RUN
from sweeps_app.services.attempts import AttemptEnd, queue_give_up, requeue, requeue_is_due
from sweeps_app.services.bell import prepare_ring
from sweeps_app.services.history_clear import history_clear
from sweeps_app.services.liveness import REVIVED, check_attempt, revive, run_locked
from sweeps_app.services.locks import sweep_locked
from sweeps_app.services.projects import DEFAULT_PROJECT, project_create
from sweeps_app.services.quarantine import quarantine_judge
from sweeps_app.services.results import result_record
from sweeps_app.services.summary import SUMMARY_FIELDS, apply_summary
from sweeps_app.services.sweeps import sweep_settle

State, Cause = Run.State, Run.Cause

STARTABLE_STATES = (State.PENDING, State.RUNNING, State.CRASHED, State.PREEMPTED)
# The server gave these up; a sign of life from the client is better knowledge.
_GIVEN_UP_STATES = (State.CRASHED,)
FINISH_STATES = (State.FINISHED, State.FAILED, State.KILLED, State.PREEMPTED)
MAX_CONFIG_KEYS = 100_000
_ENDABLE_STATES = (*Run.ACTIVE_STATES, State.CRASHED, State.PREEMPTED)
# How old an agent's own sign of life gets before one of its run counts for it, too.
AGENT_RENEWAL = timedelta(seconds=40)
RUN_RENEWAL = timedelta(seconds=10)

# Under their locks, with all that an answer shows of a run.
_SHOWN = Run.everything.select_related(*SHOWN_WITH_RUN).filter(deleted_at=None, sweep__deleted_at=None).order_by()
_LOCKED = CompiledQuery(lambda pk: _SHOWN.select_for_update(of=("self",)).filter(pk=pk), integers="pk")
_LOCKED_BY_ID = CompiledQuery(
    lambda project, run_id: _SHOWN.select_for_update(of=("self",)).filter(project=project, run_id=run_id),
    integers="project",
    texts="run_id",
)
_ATTEMPT = CompiledQuery(
    lambda pk: Run.everything.filter(pk=pk, deleted_at=None).order_by().values_list("attempt"), integers="pk"
)


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


@dataclass(frozen=True)
class RunStart:
    """How a client starts a run.

    A run that is made now may have begun at `began_at`, without the server; a time to come counts as now. `attempt` is
    the one that the client makes, if it was given one. With `resume` false the history of a run that goes on begins
    anew with this attempt, of which earlier ones are then only told how they ended.
    """

    began_at: datetime | None = None
    attempt: int | None = None
    resume: bool | None = None


_AT_ONCE = RunStart()


@dataclass(frozen=True)
class RunEnding:
    """How a client says that its run has ended; `run_finish` tells what each means."""

    exit_code: int
    state: str | None = None
    error: str = ""
    summary: dict[str, Any] | None = None
    finished_at: datetime | None = None


def run_start(
    *,
    user: User,
    details: RunDetails,
    run_id: str | None = None,
    entity_name: str | None = None,
    project_name: str | None = None,
    start: RunStart = _AT_ONCE,
) -> tuple[Run, bool]:
    """Start the run `run_id`, made now or handed out before; return it with what belongs to it, and whether it is new.

    Raises `InvalidInput` for unusable ids or values, `NotFound` for an entity of someone else, `Conflict` for a run
    that has already ended and `StaleAttempt` for an attempt at it that is over.
    """
    run_id = run_id or new_id()
    try:
        run_id_pattern(run_id)
    except ValidationError as error:
        raise InvalidInput.of("run_id", str(error.message)) from None
    values = _checked_values(details)
    began = {} if start.began_at is None else {"started_at": min(start.began_at, timezone.now())}
    with transaction.atomic():
        project, _ = project_create(user=user, name=project_name or DEFAULT_PROJECT, entity_name=entity_name)
        run = _LOCKED_BY_ID.first(project=project.pk, run_id=run_id)
        created = False
        if run is None:
            run = _inserted(user, project, run_id, values | began, details.summary)
            created = run is not None
        if run is None:
            run = _LOCKED_BY_ID.first(project=project.pk, run_id=run_id)
        if run is None:
            raise Conflict(f"run '{run_id}' was made and deleted at this moment: try again")
        if not created:
            _take_up(run, values, details.summary, start)
    return run, created


@transaction.atomic
def run_update(*, run: Run, details: RunDetails) -> Run:
    """Change what is given, `config` and `summary` merged by key, and return the run as stored."""
    values = _checked_values(details)
    # A changed summary may change what the search has learned, and a sweep is locked before its runs.
    sweep = Sweep.objects.select_for_update().filter(runs=run.pk).first() if details.summary else None
    locked = Run.objects.select_for_update(of=("self",)).select_related("sweep").get(pk=run.pk)
    check_attempt(run, locked)
    if "config" in values:
        values["config"] = locked.config | values["config"]
    _apply(locked, values, details.summary)
    if sweep is not None and locked.finished_at is not None:
        result_record(run=locked, sweep=sweep)
        prepare_ring(sweep=sweep)
    return locked


def run_heartbeat(*, run: Run) -> bool:
    """Note that a run is alive, and its agent with it, and return whether the run is to stop.

    What was heard of it a moment ago counts for this sign of life, too. One that the server gave up is running again.
    Raises `StaleAttempt` where somebody else has it.
    """
    now = timezone.now()
    is_its_own = (
        Run.renew(run.pk, run.attempt, now) if _is_due(run, now) else _ATTEMPT.first(pk=run.pk) == (run.attempt,)
    )
    if not is_its_own:
        run_locked(run)
    if run.state in _GIVEN_UP_STATES or run.queued_at is not None:
        _revive(run)
    if run.agent is not None and now - run.agent.heartbeat_at > AGENT_RENEWAL:
        Agent.objects.filter(pk=run.agent.pk, state=Agent.State.ACTIVE).update(heartbeat_at=now)
    # One that was given up because it did not leave its killed agent in time is still to leave it.
    return run.stop_requested or (run.queued_at is not None and run.requeue_cause == Cause.KILLED)


def _is_due(run: Run, now: datetime) -> bool:
    """Tell whether a sign of life is to be written: not again within a small part of the time after which it counts.

    An agent begins to listen right after it was given its run, and asks again right after each answer.
    """
    often = min(RUN_RENEWAL, timedelta(seconds=settings.RUN_TIMEOUT_SECONDS) / 20)
    return run.heartbeat_at is None or not timedelta() <= now - run.heartbeat_at < often


@transaction.atomic
def run_mark_preempting(*, run: Run) -> bool:
    """Note that the run's machine is about to be taken away; return whether the run is running.

    It then ends as preempted unless it finishes, and waits at the head of its sweep's queue. Safe to repeat.
    """
    locked = run_locked(run, "project_id")
    if locked.state in (State.PENDING, State.RUNNING) and locked.queued_at is None:
        locked.state = State.PREEMPTING
        locked.started_at = locked.started_at or timezone.now()
        locked.change = Project.next_cursor(locked.project_id)
        locked.save(update_fields=["state", "started_at", "change"])
    return locked.state == State.PREEMPTING


@transaction.atomic
def run_stop(*, run: Run) -> bool:
    """Ask an active run to stop; its client learns it with the next answer. Return whether it was active.

    One that waits for another attempt has ended at once, as the last one did.
    """
    sweep = sweep_lock(run)
    if sweep is not None and queue_give_up(sweep=sweep, run=run):
        sweep_settle(sweep=sweep)
        return True
    won = Run.objects.filter(pk=run.pk, state__in=Run.ACTIVE_STATES).update(
        stop_requested=True, stop_reason=Run.StopReason.PERSON
    )
    if won:
        Run.objects.filter(pk=run.pk).update(change=Project.next_cursor(run.project_id))
    return bool(won)


def run_finish(
    *,
    run: Run,
    exit_code: int,
    state: str | None = None,
    error: str = "",
    summary: dict[str, Any] | None = None,
    finished_at: datetime | None = None,
) -> Run:
    """End a run and return it as stored. The first end counts, but the client's word corrects "crashed".

    Without `state`, exit code 0 is "finished"; any other is "killed" where a stop was asked for, "preempted" where the
    run was marked as preempting, else "failed". What would be "killed" is "stopped_early" where the sweep's stopping
    rule has asked for it. `finished_at` counts as far as it lies between the run's start and now, which it is without
    it. A run that is preempted, has failed in a way that its sweep retries, or was to leave its agent waits for another
    attempt.
    """
    with transaction.atomic():
        sweep = sweep_lock(run)
        locked = _LOCKED.first(pk=run.pk)
        if locked is None:
            raise NotFound(f"run '{run.pk}' has been deleted meanwhile")
        check_attempt(run, locked)
        run_end(run=locked, sweep=sweep, ending=RunEnding(exit_code, state, error, summary, finished_at))
        return locked


def run_end(*, run: Run, sweep: Sweep | None, ending: RunEnding, unsaved: Sequence[str] = ()) -> None:
    """End a run as `run_finish` does, in the transaction of a caller who holds its lock and that of its sweep.

    `unsaved` names what else of a run that is endable is to be saved.
    """
    run.sweep = sweep
    if is_endable(run):
        _end(run, sweep, ending, unsaved)
    if sweep is not None:
        sweep_settle(sweep=sweep)


def is_endable(run: Run) -> bool:
    """Tell whether the run ends when its client says so: the first end counts."""
    return run.state in _ENDABLE_STATES and not _has_told_its_end(run)


def _has_told_its_end(run: Run) -> bool:
    """Tell whether the run waits for another attempt since this one was told to be over: this is a repetition."""
    return run.queued_at is not None and run.requeue_cause not in Run.PRESUMED_CAUSES


def _end(run: Run, sweep: Sweep | None, ending: RunEnding, unsaved: Sequence[str]) -> None:
    now = timezone.now()
    if run.queued_at is not None:
        revive(run, now)
    state, at = ended_as(run, _end_state(run, ending)), _end_time(run, ending, now)
    error = storable(ending.error, "error")
    agent_count(run, state)
    cause = _cause(run, sweep, state, now)
    if sweep is None or not cause or not requeue_is_due(run=run, sweep=sweep, cause=cause, exit_code=ending.exit_code):
        run.state, run.exit_code, run.error, run.finished_at = state, ending.exit_code, error, at
        _apply(run, {}, ending.summary, [*unsaved, "exit_code", "error", *REVIVED])
        if sweep is not None:
            result_record(run=run, sweep=sweep)
            prepare_ring(sweep=sweep)
        return
    if ending.summary or unsaved:
        _apply(run, {}, ending.summary, unsaved)
    requeue(run=run, sweep=sweep, end=AttemptEnd(cause, state, at, exit_code=ending.exit_code, error=error))


def _cause(run: Run, sweep: Sweep | None, state: str, now: datetime) -> str:
    """Return why another attempt may follow one that has ended in `state`; empty where none does."""
    if state == State.KILLED and run.stop_reason == Run.StopReason.AGENT:
        return Cause.KILLED
    if state == State.PREEMPTED:
        return Cause.PREEMPTED
    if state != State.FAILED:
        return ""
    is_blamed = sweep is not None and quarantine_judge(run=run, sweep=sweep, now=now)
    return Cause.QUARANTINE if is_blamed else Cause.FAILED


def agent_count(run: Run, state: str) -> None:
    """Count an attempt that has ended in `state` with its agent."""
    if run.agent_id is not None:
        Agent.count_end(run.agent_id, has_failed=state in (State.FAILED, State.CRASHED))


def ended_as(run: Run, state: str) -> str:
    """Return the state of a run that ends in `state`: a kill by the stopping rule is no failure."""
    by_rule = state == State.KILLED and run.stop_reason == Run.StopReason.RULE
    return State.STOPPED_EARLY if by_rule else state


def _end_state(run: Run, ending: RunEnding) -> str:
    if run.state == State.PREEMPTING and ending.exit_code != 0 and not run.stop_requested:
        return State.PREEMPTED
    if run.stop_reason == Run.StopReason.AGENT and ending.exit_code != 0:
        return State.KILLED
    if ending.state is not None:
        return ending.state
    if ending.exit_code == 0:
        return State.FINISHED
    return State.KILLED if run.stop_requested else State.FAILED


def _end_time(run: Run, ending: RunEnding, now: datetime) -> datetime:
    told = now if ending.finished_at is None else min(ending.finished_at, now)
    return told if run.started_at is None else max(told, min(run.started_at, now))


def _checked_values(details: RunDetails) -> dict[str, Any]:
    names = ("name", "config", "tags", "notes", "group", "job_type", "host", "program")
    given = {name: getattr(details, name) for name in names}
    values = {name: storable(value, name) for name, value in given.items() if value is not None}
    if len(values.get("config", ())) > MAX_CONFIG_KEYS:
        raise InvalidInput.of("config", f"has more than {MAX_CONFIG_KEYS:,} keys")
    return values


def sweep_lock(run: Run) -> Sweep | None:
    """Return the sweep of a run under its lock, which is taken before the run's; None where it has none."""
    if run.sweep_id is None:
        return None
    return sweep_locked(run.sweep_id)


def _inserted(
    user: User, project: Project, run_id: str, values: dict[str, Any], summary: dict[str, Any] | None
) -> Run | None:
    """Return a new run, None where somebody else makes one of that id at this moment."""
    now = timezone.now()
    run = Run(project=project, run_id=run_id, name=run_id, created_by=user)
    run.state, run.started_at, run.heartbeat_at = State.RUNNING, now, now
    _set(run, values, summary)
    run.change = Project.next_cursor(run.project_id)
    return run if insert_row(run, ignore_conflict=True) else None


def _take_up(run: Run, values: dict[str, Any], summary: dict[str, Any] | None, start: RunStart) -> None:
    if start.attempt is not None and start.attempt != run.attempt:
        raise StaleAttempt(start.attempt, run.attempt)
    if run.state not in STARTABLE_STATES or (_has_told_its_end(run) and start.attempt is not None):
        raise Conflict(f"run '{run.run_id}' has ended ({run.state}): start another under a new id")
    now = timezone.now()
    if _has_told_its_end(run):  # by hand, without an agent
        run.attempt, run.agent, run.queued_at, run.started_at = run.attempt + 1, None, None, None
    if not revive(run, now) and run.state == State.PREEMPTED:
        run.state, run.finished_at = State.RUNNING, None
    run.heartbeat_at = now
    if start.resume is False and run.history_attempt < run.attempt:
        history_clear(run=run)
    _apply(run, values, summary)


def _apply(
    run: Run, values: dict[str, Any], summary: dict[str, Any] | None, changed: Sequence[str] | None = None
) -> None:
    """Save a run with new values and a new change number; `changed` names what else is to be saved, None for all."""
    _set(run, values, summary)
    run.change = Project.next_cursor(run.project_id)
    if changed is None:
        run.save()
    else:
        names = [*changed, *values, *(SUMMARY_FIELDS if summary else ()), "change"]
        update_row(run, list(dict.fromkeys(names)))


def _set(run: Run, values: dict[str, Any], summary: dict[str, Any] | None) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    if summary:
        apply_summary(run, summary)


@transaction.atomic
def _revive(run: Run) -> None:
    locked = run_locked(run, "project_id")
    is_given_up = locked.state in _GIVEN_UP_STATES or locked.queued_at is not None
    if is_given_up and revive(locked, timezone.now()):
        locked.change = Project.next_cursor(locked.project_id)
        locked.save(update_fields=[*REVIVED, "change"])
