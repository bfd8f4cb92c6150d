"""Change the configuration of a sweep that runs: each change is a new version, and runs keep the one that made them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from sweeps_app.errors import Conflict, FieldProblem, InvalidInput
from sweeps_app.models import Project, Suggestion, Sweep, SweepVersion, User
from sweeps_app.search.space import space_from_config
from sweeps_app.services.bell import EVERYONE, prepare_ring, sweep_wake
from sweeps_app.services.sweeps import SweepCreated, config_checked

# What earlier results and numbers were made under: another one would make them mean something else.
FIXED = ("method", "metric", "metrics", "repeats", "controller", "seed")


@transaction.atomic
def sweep_edit(*, sweep: Sweep, user: User, config: Any) -> SweepCreated:
    """Give an active sweep a new configuration; the same one again changes nothing.

    Parameters may be narrowed, widened or fixed, `run_cap`, `early_terminate`, `constraints`, the target and the texts
    changed. Raises `InvalidInput` with every problem and `Conflict` for a sweep that has ended.
    """
    checked, normalised = config_checked(config)
    locked = Sweep.objects.select_for_update(of=("self",)).select_related("project__entity").get(pk=sweep.pk)
    if locked.state not in Sweep.ACTIVE_STATES:
        raise Conflict(f"cannot edit a sweep that is {locked.state}: register another one")
    wanted = _with_fixed(locked, normalised)
    problems = edit_problems(locked, normalised)
    if problems:
        raise InvalidInput(problems)
    if wanted != locked.config:
        _add_version(locked, user, wanted)
    return SweepCreated(locked, created=False, warnings=checked.warnings)


def edit_problems(sweep: Sweep, config: Mapping[str, Any]) -> list[FieldProblem]:
    """Return what a normalised configuration changes though it is fixed while the sweep runs."""
    return list(_changed_too_far(sweep.config, _with_fixed(sweep, config)))


def _with_fixed(sweep: Sweep, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with what is fixed and was left out."""
    return {key: sweep.config[key] for key in FIXED if key in sweep.config} | dict(config)


def _changed_too_far(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[FieldProblem]:
    for key in FIXED:
        if _fixed_part(now.get(key)) != _fixed_part(wanted.get(key)):
            yield FieldProblem(f"config.{key}", "cannot change while the sweep runs: register another sweep", "fixed")
    names = {parameter.name for parameter in space_from_config(now).parameters}
    wanted_names = {parameter.name for parameter in space_from_config(wanted).parameters}
    for name in sorted(names ^ wanted_names):
        verb = "is missing" if name in names else "is new"
        message = f"{verb}: a running sweep keeps its parameters; fix one with `value`, or register another sweep"
        yield FieldProblem(f"config.parameters.{name}", message, "fixed")


def _fixed_part(section: Any) -> Any:
    """Return what must stay as it is: of a metric all but its target."""
    return {k: v for k, v in section.items() if k != "target"} if isinstance(section, dict) else section


def _add_version(sweep: Sweep, user: User, config: dict[str, Any]) -> None:
    sweep.version += 1
    sweep.config = config
    sweep.run_cap = config.get("run_cap")
    sweep.name = config.get("name") or sweep.name
    sweep.description = config.get("description") or sweep.description
    sweep.is_exhausted = False
    sweep.change = Project.next_cursor(sweep.project_id)
    sweep.save(update_fields=["version", "config", "run_cap", "name", "description", "is_exhausted", "change"])
    SweepVersion.objects.create(
        sweep=sweep, number=sweep.version, first_number=sweep.next_number, config=config, created_by=user
    )
    _revise_waiting(sweep)
    prepare_ring(sweep=sweep)
    sweep_wake(sweep=sweep, count=EVERYONE)


def _revise_waiting(sweep: Sweep) -> None:
    """Drop what was made ahead under the version before; what a controller has posted stays where it still fits."""
    waiting = sweep.suggestions.filter(state=Suggestion.State.PREPARED)
    space = space_from_config(sweep.config)
    posted = waiting.exclude(request_id="").values_list("pk", "config")
    outside = [pk for pk, config in posted.iterator() if not space.contains(config)]
    waiting.filter(Q(request_id="") | Q(pk__in=outside)).update(state=Suggestion.State.DROPPED)
    waiting.update(version=sweep.version)
