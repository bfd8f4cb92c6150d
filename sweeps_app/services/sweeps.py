"""Sweeps: register, steer, settle."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from sweeps_app.errors import Conflict, FieldProblem, InvalidInput
from sweeps_app.json_values import storable
from sweeps_app.models import Project, Run, Suggestion, Sweep, SweepVersion, User
from sweeps_app.search.problems import Problem
from sweeps_app.search.schema import CheckedConfig, check_config
from sweeps_app.selectors.sweeps import target_is_reached
from sweeps_app.services.attempts import queue_give_up
from sweeps_app.services.bell import EVERYONE, prepare_ring, sweep_wake
from sweeps_app.services.making import is_left_to_others
from sweeps_app.services.projects import DEFAULT_PROJECT, project_create

State = Sweep.State

# action -> (states it may start from, state it leads to)
_TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "pause": ((State.PENDING, State.RUNNING), State.PAUSED),
    "resume": ((State.PAUSED,), State.RUNNING),
    "stop": ((State.PENDING, State.RUNNING, State.PAUSED), State.STOPPED),
    "cancel": ((State.PENDING, State.RUNNING, State.PAUSED, State.STOPPED), State.CANCELED),
}
ACTIONS = tuple(_TRANSITIONS)


@dataclass(frozen=True)
class SweepCreated:
    """A registered sweep, whether this call made it, and what its configuration should be warned about."""

    sweep: Sweep
    created: bool
    warnings: tuple[Problem, ...]


def sweep_create(
    *,
    user: User,
    config: Any,
    entity_name: str | None = None,
    project_name: str | None = None,
    name: str | None = None,
    request_id: str = "",
) -> SweepCreated:
    """Register a sweep; the same `request_id` from the same person gives the same sweep again.

    Raises `InvalidInput` with every problem of the configuration, `NotFound` for an entity of someone else.
    """
    checked, normalised = config_checked(config)
    if earlier := _earlier(user, request_id):
        return SweepCreated(earlier, created=False, warnings=checked.warnings)
    try:
        with transaction.atomic():
            project, _ = project_create(
                user=user,
                name=project_name or normalised.get("project") or DEFAULT_PROJECT,
                entity_name=entity_name or normalised.get("entity"),
            )
            sweep = _insert(user, project, normalised, name, request_id)
    except IntegrityError:
        if earlier := _earlier(user, request_id):
            return SweepCreated(earlier, created=False, warnings=checked.warnings)
        raise
    return SweepCreated(sweep, created=True, warnings=checked.warnings)


@transaction.atomic
def sweep_control(*, sweep: Sweep, action: str) -> Sweep:
    """Pause, resume, stop or cancel a sweep, and return it as stored; repeating an action changes nothing.

    Canceling also asks every active run to stop. Raises `Conflict` when the sweep's state does not allow it.
    """
    sources, target = _TRANSITIONS[action]
    won = Sweep.objects.filter(pk=sweep.pk, state__in=sources).update(state=target)
    rows = Sweep.objects.select_for_update(of=("self",)).select_related("project__entity", "created_by")
    current = rows.get(pk=sweep.pk)
    if not won:
        if current.state == target:
            return current
        raise Conflict(f"cannot {action} a sweep that is {current.state}")
    if target in (State.STOPPED, State.CANCELED):
        queue_give_up(sweep=current)
    if target == State.CANCELED:
        _ask_runs_to_stop(current)
    _mark_changed(current)
    sweep_wake(sweep=current, count=EVERYONE)
    sweep_settle(sweep=current)
    return current


def sweep_settle(*, sweep: Sweep) -> None:
    """End a sweep that hands out nothing more and whose last run has ended; the caller holds its row's lock."""
    is_used_up = sweep.state == State.RUNNING and sweep.is_exhausted
    is_over = is_used_up or sweep.state in (State.STOPPED, State.CANCELED)
    if not is_over or sweep.finished_at is not None or _has_active_runs(sweep):
        return
    if is_used_up and _queue_waits(sweep):
        return
    if is_used_up:
        sweep.state = State.FINISHED
    sweep.finished_at = timezone.now()
    sweep.save(update_fields=["state", "finished_at"])
    _mark_changed(sweep)


def sweep_exhaust(*, sweep: Sweep) -> None:
    """Note that a sweep has no more runs to hand out, and settle it; the caller holds its row's lock."""
    if not sweep.is_exhausted:
        sweep.is_exhausted = True
        sweep.state = State.RUNNING
        sweep.save(update_fields=["is_exhausted", "state"])
        sweep_wake(sweep=sweep, count=EVERYONE)
    sweep_settle(sweep=sweep)


def sweep_reopen(*, sweep: Sweep) -> None:
    """Let a sweep that has finished run again, since a run of it is to be tried again; the caller holds its lock."""
    if sweep.state == State.FINISHED:
        sweep.state, sweep.finished_at = State.RUNNING, None
        sweep.save(update_fields=["state", "finished_at"])
        _mark_changed(sweep)


def config_checked(config: Any) -> tuple[CheckedConfig, dict[str, Any]]:
    """Return what the check of a configuration found, and the normalised one; raises `InvalidInput`."""
    checked = check_config(storable(config, "config"))
    if checked.config is None:
        raise InvalidInput([FieldProblem(_field(p.path), p.message, p.code) for p in checked.problems])
    return checked, checked.config


def _field(path: str) -> str:
    return f"config.{path}" if path else "config"


def _earlier(user: User, request_id: str) -> Sweep | None:
    if not request_id:
        return None
    return Sweep.objects.filter(created_by=user, request_id=request_id).select_related("project__entity").first()


def _insert(user: User, project: Project, config: dict[str, Any], name: str | None, request_id: str) -> Sweep:
    metric = config.get("metric") or {}
    sweep = Sweep.objects.create(
        project=project,
        name=name or config.get("name") or "",
        description=config.get("description") or "",
        method=config["method"],
        config=config,
        seed=config["seed"] if "seed" in config else secrets.randbelow(2**31),
        metric_name=metric.get("name", ""),
        metric_goal=metric.get("goal", "minimize"),
        run_cap=config.get("run_cap"),
        request_id=request_id,
        created_by=user,
        change=Project.next_cursor(project.pk),
    )
    SweepVersion.objects.create(sweep=sweep, number=sweep.version, config=config, created_by=user)
    prepare_ring(sweep=sweep)
    return sweep


def _mark_changed(sweep: Sweep) -> None:
    sweep.change = Project.next_cursor(sweep.project_id)
    sweep.save(update_fields=["change"])


def _queue_waits(sweep: Sweep) -> bool:
    """Tell whether configurations that a controller has queued are still to be handed out."""
    if not is_left_to_others(sweep) or (sweep.run_cap is not None and sweep.handed_out >= sweep.run_cap):
        return False
    waiting = sweep.suggestions.filter(state=Suggestion.State.PREPARED, version=sweep.version)
    return waiting.exists() and not target_is_reached(sweep)


def _has_active_runs(sweep: Sweep) -> bool:
    return sweep.runs.filter(state__in=Run.ACTIVE_STATES).exists()


def _ask_runs_to_stop(sweep: Sweep) -> None:
    change = Project.next_cursor(sweep.project_id)
    sweep.runs.filter(state__in=Run.ACTIVE_STATES).update(
        stop_requested=True, stop_reason=Run.StopReason.SWEEP, change=change
    )
