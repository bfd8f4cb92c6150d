"""Runs whose client is the one of Weights & Biases: it says less than ours of what it means, and it is read from that.

The same request starts a run, changes it, goes on with it and begins it anew. A process names its host when it starts,
and has asked beforehand what there is if it wants to go on from that. Where it cannot be told, nothing is removed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from sweeps_app.json_values import storable
from sweeps_app.models import Run, Sweep, User, WandbRun
from sweeps_app.selectors.access import project_find
from sweeps_app.services.reopening import run_reopen
from sweeps_app.services.runs import STARTABLE_STATES, RunDetails, run_start, run_update
from sweeps_app.services.wandb_fencing import wandb_attempt_begin

# How long after it has asked what there is a process begins to go on from it.
_RESUME_WITHIN = timedelta(minutes=5)
_GOES_ON = (Run.State.RUNNING, Run.State.PREEMPTING)


@dataclass(frozen=True)
class WandbStart:
    """What the client says of itself with a run.

    That is facts of its own, what marks its process, the sweep of the run, and whether a process may begin with this.
    """

    meta: dict[str, Any] | None = None
    writer: str = ""
    sweep: Sweep | None = None
    begins: bool = False


@transaction.atomic
def wandb_run_upsert(
    *, user: User, run_id: str, details: RunDetails, start: WandbStart, entity_name: str, project_name: str
) -> tuple[Run, bool]:
    """Start the run `run_id`, change it, go on with it, or begin it anew; return it, and whether it is new.

    Raises what `run_start` raises.
    """
    known = _known(user, run_id, entity_name, project_name)
    if known is not None and not _is_to_start(known, start):
        run, created = run_update(run=known, details=details), False
        wandb_run_note(run=run, start=start)
    else:
        if known is not None and _was_begun(known):
            run_reopen(run=known, anew=not _is_resumed(known))
        run, created = run_start(
            user=user, details=details, run_id=run_id, entity_name=entity_name, project_name=project_name
        )
        wandb_run_note(run=run, start=start)
        if start.begins:
            wandb_attempt_begin(run=run)
    if created and start.sweep is not None and start.sweep.project_id == run.project_id:
        run.sweep = start.sweep
        run.save(update_fields=["sweep"])
    return run, created


def wandb_run_note(*, run: Run, start: WandbStart) -> None:
    """Keep what the client says of itself; what it does not say stays as it is."""
    kept: dict[str, Any] = {"resume_asked_at": None, "stop_told_at": None} if start.begins else {}
    if start.writer:
        kept["writer"] = start.writer
    if start.meta is not None:
        kept["meta"] = storable(start.meta, "config._wandb")
    if kept:
        WandbRun.objects.update_or_create(run=run, defaults=kept)


def wandb_resume_note(*, run: Run) -> None:
    """Note that a process asks what there is of a run: if it starts it next, it goes on from there."""
    WandbRun.objects.filter(run=run).update(resume_asked_at=timezone.now())


def wandb_nested_note(*, run: Run, nested: list[str]) -> None:
    """Keep which values of a run's summary came as objects, where that has changed."""
    found, created = WandbRun.objects.get_or_create(run=run, defaults={"nested": nested})
    if not created and found.nested != nested:
        WandbRun.objects.filter(pk=found.pk).update(nested=storable(nested, "summary"))


def wandb_stop_told(*, run: Run) -> datetime:
    """Note that the client has been told to stop, and return when it was for the first time."""
    now = timezone.now()
    found, _ = WandbRun.objects.get_or_create(run=run, defaults={"stop_told_at": now})
    if found.stop_told_at is None:
        WandbRun.objects.filter(pk=found.pk).update(stop_told_at=now)
        return now
    return found.stop_told_at


def _known(user: User, run_id: str, entity_name: str, project_name: str) -> Run | None:
    project = project_find(user, project_name, entity_name)
    if project is None:
        return None
    return Run.objects.select_related("wandb", "project__entity").filter(project=project, run_id=run_id).first()


def _is_to_start(run: Run, start: WandbStart) -> bool:
    """Tell whether a request for a run that there is comes from a process that begins with it."""
    goes_on = run.state in _GOES_ON and not _is_other_writer(run, start.writer)
    return start.begins and not (_was_begun(run) and goes_on)


def _facts(run: Run) -> WandbRun | None:
    facts: WandbRun | None = getattr(run, "wandb", None)
    return facts


def _is_other_writer(run: Run, writer: str) -> bool:
    before = getattr(_facts(run), "writer", "")
    return bool(before and writer) and before != writer


def _was_begun(run: Run) -> bool:
    """Tell whether a process of the client has started the run, or it has ended without one."""
    facts = _facts(run)
    return (facts is not None and "t" in facts.meta) or run.state not in STARTABLE_STATES


def _is_resumed(run: Run) -> bool:
    asked = getattr(_facts(run), "resume_asked_at", None)
    return asked is not None and timezone.now() - asked < _RESUME_WITHIN
