"""Change many runs of a project at once: each function is one transaction, and safe to repeat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from sweeps_app.errors import InvalidInput
from sweeps_app.json_values import storable
from sweeps_app.models import Project, Run

MAX_RUNS = 10_000
MAX_TAGS = 100
MAX_TAG = 200
MAX_NOTES = 100_000
_PART = 500


@dataclass(frozen=True)
class RunsChange:
    """What changes in many runs; None leaves a thing as it is. Charts leave hidden runs out."""

    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    notes: str | None = None
    hidden: bool | None = None


@transaction.atomic
def runs_update(*, project: Project, run_ids: Sequence[str], change: RunsChange) -> int:
    """Change runs of a project by their ids and return how many are others now; unknown ids are passed over.

    Raises `InvalidInput` for a tag that is empty or longer than 200 characters, for a run that would have more than 100
    tags, for notes of more than 100,000 characters, and for more than 10,000 ids.
    """
    checked = _checked(change)
    changed: dict[tuple[tuple[str, ...], str, bool], list[int]] = {}
    for run in _locked(project, run_ids):
        wanted = _changed(run, checked)
        if wanted != (tuple(run.tags), run.notes, run.is_hidden):
            changed.setdefault(wanted, []).append(run.pk)
    pks = [pk for found in changed.values() for pk in found]
    number = Project.next_cursor(project.pk) if pks else 0
    for (tags, notes, hidden), found in changed.items():
        _write(found, number, tags=list(tags), notes=notes, is_hidden=hidden)
    return len(pks)


@transaction.atomic
def runs_stop(*, project: Project, run_ids: Sequence[str]) -> int:
    """Ask those of some runs that are under way to stop; return how many had not been asked before.

    Raises `InvalidInput` for more than 10,000 ids.
    """
    rows = _locked(project, run_ids)
    pks = [run.pk for run in rows if run.state in Run.ACTIVE_STATES and not run.stop_requested]
    if pks:
        _write(pks, Project.next_cursor(project.pk), stop_requested=True, stop_reason=Run.StopReason.PERSON)
    return len(pks)


def _locked(project: Project, run_ids: Sequence[str]) -> list[Run]:
    """Return the runs under their locks, taken in the order of their primary keys, with what is needed of them."""
    if len(run_ids) > MAX_RUNS:
        raise InvalidInput.of("run_ids", f"has more than {MAX_RUNS:,} entries: send several requests")
    rows = Run.objects.select_for_update(of=("self",)).filter(project=project).order_by("pk")
    rows = rows.only("pk", "tags", "notes", "is_hidden", "state", "stop_requested")
    return [run for part in _parts(sorted(set(run_ids))) for run in rows.filter(run_id__in=part)]


def _changed(run: Run, change: RunsChange) -> tuple[tuple[str, ...], str, bool]:
    tags = tuple(tag for tag in dict.fromkeys([*run.tags, *change.add_tags]) if tag not in change.remove_tags)
    if len(tags) > max(MAX_TAGS, len(run.tags)):
        raise InvalidInput.of("add_tags", f"would bring a run to more than {MAX_TAGS} tags")
    notes = run.notes if change.notes is None else change.notes
    return tags, notes, run.is_hidden if change.hidden is None else change.hidden


def _checked(change: RunsChange) -> RunsChange:
    notes = change.notes
    if notes is not None and len(notes) > MAX_NOTES:
        raise InvalidInput.of("notes", f"have more than {MAX_NOTES:,} characters")
    return RunsChange(
        add_tags=_checked_tags(change.add_tags, "add_tags"),
        remove_tags=_checked_tags(change.remove_tags, "remove_tags"),
        notes=notes if notes is None else storable(notes, "notes"),
        hidden=change.hidden,
    )


def _checked_tags(tags: Sequence[str], field: str) -> list[str]:
    for tag in tags:
        if not 0 < len(tag) <= MAX_TAG:
            raise InvalidInput.of(field, f"must be texts of 1 to {MAX_TAG} characters")
    return [storable(tag, field) for tag in tags]


def _write(pks: Sequence[int], change: int, **values: Any) -> None:
    for part in _parts(pks):
        Run.objects.filter(pk__in=part).update(change=change, **values)


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _PART] for start in range(0, len(items), _PART))
