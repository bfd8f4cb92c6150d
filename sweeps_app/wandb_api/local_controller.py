"""A controller in a process of the user: it writes what is to run and to stop into its sweep, and reads what became of
it.
"""

import json
from typing import Any

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run, Suggestion, Sweep
from sweeps_app.services.making import is_left_to_others
from sweeps_app.services.posting import Posted, suggestions_post
from sweeps_app.services.runs import run_stop
from sweeps_app.wandb_api.translation.values import read_object, write_json

_MAX_SHOWN = 10_000


def controller_take(sweep: Sweep, text: str) -> None:
    """Do what the controller has written: queue what is new of its schedule, stop the runs that it names.

    An entry without arguments says that there will be no more. Raises what `suggestions_post` raises.
    """
    told = read_object(text, "controller")
    entries = [_entry(entry, place) for place, entry in enumerate(told.get("schedule") or [])]
    posted = [Posted(request_id, config) for request_id, config in entries if config is not None]
    is_over = len(posted) < len(entries)
    if posted or (is_over and not sweep.is_exhausted):
        suggestions_post(sweep=sweep, posted=posted, exhausted=is_over)
    stopped = told.get("earlystop") or []
    for run in Run.objects.filter(sweep=sweep, run_id__in=stopped, state__in=Run.ACTIVE_STATES):
        run_stop(run=run)


def schedule_of(sweep: Sweep) -> str | None:
    """Return what is queued and not handed out yet, in the controller's words."""
    if not is_left_to_others(sweep):
        return None
    waiting = sweep.suggestions.filter(state=Suggestion.State.PREPARED).order_by("number")
    entries = [{"id": s.request_id, "data": {"args": _args(s.config)}} for s in waiting[:_MAX_SHOWN]]
    return write_json({"schedule": entries, "earlystop": []})


def scheduled_of(sweep: Sweep) -> str | None:
    """Return which run each entry of the schedule has become."""
    if not is_left_to_others(sweep):
        return None
    given = sweep.suggestions.filter(run__isnull=False).order_by("number").values_list("request_id", "run__run_id")
    return json.dumps({"scheduled": [{"id": request_id, "runid": run_id} for request_id, run_id in given[:_MAX_SHOWN]]})


def _entry(entry: Any, place: int) -> tuple[str, dict[str, Any] | None]:
    """Return id and configuration of an entry."""
    field = f"controller.schedule[{place}]"
    if not isinstance(entry, dict) or not isinstance(entry.get("data"), dict):
        raise InvalidInput.of(field, "must have an id and data")
    args = entry["data"].get("args")
    if args is not None and not isinstance(args, dict):
        raise InvalidInput.of(f"{field}.data.args", "must be an object of parameters")
    if args is None:
        return "", None
    return str(entry.get("id") or ""), {name: _bare(value) for name, value in args.items()}


def _bare(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _args(config: dict[str, Any]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in config.items()}
