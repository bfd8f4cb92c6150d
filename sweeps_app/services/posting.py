"""Suggestions that a controller outside of the server has chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.json_values import storable
from sweeps_app.models import Suggestion, Sweep
from sweeps_app.search.space import Space, space_from_config
from sweeps_app.selectors.trials import basis_now
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

    With `exhausted` no more will come: agents exit once the queue is empty. Raises `InvalidInput`, naming the entry,
    for a configuration outside of the sweep's space, and `Conflict` where the server decides or the sweep is over.
    """
    locked = Sweep.objects.select_for_update().get(pk=sweep.pk)
    if not is_left_to_others(locked):
        raise Conflict("this sweep is decided by the server: register one with method 'custom' or a local controller")
    if posted and (locked.state not in Sweep.ACTIVE_STATES or locked.is_exhausted):
        raise Conflict(f"cannot queue runs of a sweep that is {'exhausted' if locked.is_exhausted else locked.state}")
    if len(posted) > MAX_POSTED:
        raise InvalidInput.of("suggestions", f"has more than {MAX_POSTED:,} entries: send several requests")
    space = space_from_config(locked.config)
    found = [_taken(locked, space, entry, f"suggestions[{i}]") for i, entry in enumerate(posted)]
    if exhausted:
        locked.is_exhausted = True
        locked.state = Sweep.State.RUNNING if locked.state == Sweep.State.PENDING else locked.state
        locked.save(update_fields=["is_exhausted", "state"])
        if not locked.suggestions.filter(state=Suggestion.State.PREPARED).exists():
            sweep_settle(sweep=locked)
    return found


def _taken(sweep: Sweep, space: Space, entry: Posted, field: str) -> Suggestion:
    if not entry.request_id:
        raise InvalidInput.of(f"{field}.request_id", "is required: any text of 1 to 64 characters", "required")
    config = storable(dict(entry.config), f"{field}.config")
    known = sweep.suggestions.filter(request_id=entry.request_id).first()
    if known is not None:
        return known
    if not space.contains(config):
        raise InvalidInput.of(f"{field}.config", _outside(space, config), "outside_space")
    suggestion = Suggestion.objects.create(
        sweep=sweep,
        number=sweep.next_number,
        version=sweep.version,
        state=Suggestion.State.PREPARED,
        config=config,
        why={"method": "custom", "request_id": entry.request_id},
        request_id=entry.request_id,
        basis=basis_now(sweep).to_json(),
    )
    sweep.next_number += 1
    sweep.save(update_fields=["next_number"])
    return suggestion


def _outside(space: Space, config: Mapping[str, Any]) -> str:
    """Say what is wrong with a configuration that the space does not contain."""
    names = ", ".join(parameter.name for parameter in space.parameters)
    unplaced = [p.name for p, unit in zip(space.parameters, space.encode(config), strict=True) if unit is None]
    if unplaced:
        return f"lacks a usable value of {', '.join(unplaced)}: give each of {names} a value that the sweep allows"
    return f"has a value that the sweep does not allow, or a parameter too many: it has {names}"
