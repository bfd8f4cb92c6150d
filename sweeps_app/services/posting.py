"""Suggestions that a controller outside of the server has chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from sweeps_app.errors import Conflict, FieldProblem, InvalidInput
from sweeps_app.json_values import storable
from sweeps_app.models import Suggestion, Sweep
from sweeps_app.search.space import Space, space_from_config
from sweeps_app.services.bell import EVERYONE, sweep_wake
from sweeps_app.services.making import is_left_to_others
from sweeps_app.services.sweeps import sweep_settle

MAX_POSTED = 1_000


@dataclass(frozen=True)
class Posted:
    """A configuration to run; the same `request_id` is taken once in a sweep."""

    request_id: str
    config: Mapping[str, Any]


@transaction.atomic
def suggestions_post(*, sweep: Sweep, posted: Sequence[Posted], exhausted: bool = False) -> list[Suggestion]:
    """Queue what a controller wants run, in this order, and return the suggestions, old and new.

    With `exhausted` no more will come: agents exit once the queue is empty. What was posted before is returned in any
    state of the sweep. Raises `InvalidInput`, naming each entry with a configuration outside of the sweep's space, and
    `Conflict` where the server decides or, for a new entry, the sweep is over.
    """
    locked = Sweep.objects.select_for_update().get(pk=sweep.pk)
    if not is_left_to_others(locked):
        raise Conflict("this sweep is decided by the server: register one with method 'custom' or a local controller")
    if len(posted) > MAX_POSTED:
        raise InvalidInput.of("suggestions", f"has more than {MAX_POSTED:,} entries: send several requests")
    _queue(locked, posted)
    if exhausted:
        locked.is_exhausted = True
        locked.state = Sweep.State.RUNNING if locked.state == Sweep.State.PENDING else locked.state
        locked.save(update_fields=["is_exhausted", "state"])
        sweep_wake(sweep=locked, count=EVERYONE)
        sweep_settle(sweep=locked)
    found = {s.request_id: s for s in _posted_before(locked, posted).select_related("run")}
    return [found[entry.request_id] for entry in posted]


def _queue(sweep: Sweep, posted: Sequence[Posted]) -> None:
    """Store the entries that are not there yet, all of them or, where one is wrong, none."""
    known = set(_posted_before(sweep, posted).values_list("request_id", flat=True))
    space = space_from_config(sweep.config)
    new: dict[str, Suggestion] = {}
    problems: list[FieldProblem] = []
    for position, entry in enumerate(posted):
        if entry.request_id in known or entry.request_id in new:
            continue
        try:
            config = _checked(space, entry, f"suggestions[{position}]")
        except InvalidInput as error:
            problems.extend(error.problems)
            continue
        new[entry.request_id] = Suggestion(
            sweep=sweep,
            number=sweep.next_number + len(new),
            version=sweep.version,
            state=Suggestion.State.PREPARED,
            config=config,
            why={"method": "custom", "request_id": entry.request_id},
            request_id=entry.request_id,
        )
    if (new or problems) and (sweep.state not in Sweep.ACTIVE_STATES or sweep.is_exhausted):
        raise Conflict(f"cannot queue runs of a sweep that is {'exhausted' if sweep.is_exhausted else sweep.state}")
    if problems:
        raise InvalidInput(problems)
    Suggestion.objects.bulk_create(new.values())
    sweep.next_number += len(new)
    sweep.save(update_fields=["next_number"])
    sweep_wake(sweep=sweep, count=len(new))


def _posted_before(sweep: Sweep, posted: Sequence[Posted]) -> QuerySet[Suggestion]:
    """Return the suggestions that entries of the same ids have become; an empty id is nobody's."""
    return sweep.suggestions.filter(request_id__in={entry.request_id for entry in posted} - {""})


def _checked(space: Space, entry: Posted, field: str) -> dict[str, Any]:
    """Return the entry's configuration as it is stored; raises `InvalidInput`."""
    if not entry.request_id:
        raise InvalidInput.of(f"{field}.request_id", "is required: any text of 1 to 64 characters", "required")
    config: dict[str, Any] = storable(dict(entry.config), f"{field}.config")
    if not space.contains(config):
        raise InvalidInput.of(f"{field}.config", _outside(space, config), "outside_space")
    return config


def _outside(space: Space, config: Mapping[str, Any]) -> str:
    """Say what is wrong with a configuration that the space does not contain."""
    names = ", ".join(parameter.name for parameter in space.parameters)
    unplaced = [p.name for p, unit in zip(space.parameters, space.encode(config), strict=True) if unit is None]
    if unplaced:
        return f"lacks a usable value of {', '.join(unplaced)}: give each of {names} a value that the sweep allows"
    return f"has a value that the sweep does not allow, or a parameter too many: it has {names}"
