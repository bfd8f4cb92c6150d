"""Register a sweep."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sweepdeck import _console
from sweepdeck._auth import client_for_use
from sweepdeck._errors import ApiError, UsageError
from sweepdeck._settings import Settings
from sweepdeck._values import storable_items
from sweepdeck._wandb_only import check_wandb_only

_WANDB_ONLY = {"prior_runs": None}


def sweep(
    sweep: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    entity: str | None = None,
    project: str | None = None,
    **wandb_only: Any,
) -> str:
    """Register a sweep, print the address of its page, and return its id of 8 characters for `agent()`.

    `sweep` is the configuration or a function that returns it. `entity` and `project` default to what the
    configuration names, then to SWEEPDECK_ENTITY and SWEEPDECK_PROJECT, then to your own entity and "uncategorized".
    Raises `UsageError` with every problem of the configuration, one a line.
    """
    check_wandb_only("sweep", wandb_only, _WANDB_ONLY)
    try:
        made = register_sweep(_checked(sweep() if callable(sweep) else sweep), entity=entity, project=project)
    except ApiError as error:
        if not error.is_refusal and error.status != 404:
            raise
        raise UsageError(_refusal(error)) from None
    for warning in made["warnings"]:
        _console.warn(_line(warning["path"], warning["message"]))
    _console.say(f"sweep {made['sweep_id']} in project {made['project']}: {made['url']}")
    return str(made["sweep_id"])


def register_sweep(config: Mapping[str, Any], *, entity: str | None, project: str | None) -> dict[str, Any]:
    """Register a configuration of plain values and return the sweep; raises `ApiError` for one that is refused."""
    settings = Settings.from_environment()
    place = {
        "entity": entity or config.get("entity") or settings.entity,
        "project": project or config.get("project") or settings.project,
    }
    # The request id lets the server answer a repeated request with the same sweep.
    body = {"config": config, "request_id": secrets.token_hex(16)} | {key: name for key, name in place.items() if name}
    return client_for_use().call("POST", "/sweeps", body)


def _checked(config: Any) -> dict[str, Any]:
    if not isinstance(config, Mapping):
        raise UsageError(f"a sweep's configuration is a dict, not {type(config).__name__}")
    wrong: list[str] = []
    plain = storable_items(config, lambda name, reason: wrong.append(f"{name}: {reason}"))
    if wrong:
        raise UsageError(_listed(wrong))
    return plain


def _refusal(error: ApiError) -> str:
    lines = [_line(attribute.removeprefix("config."), message) for attribute, message, _ in error.problems]
    return _listed(lines) if lines else str(error)


def _line(path: str, message: str) -> str:
    return f"{path}: {message}" if path else message


def _listed(lines: Sequence[str]) -> str:
    return "the sweep was refused:\n" + "\n".join(f"  - {line}" for line in lines)
