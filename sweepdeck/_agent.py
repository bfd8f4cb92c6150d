"""Run a function under the configurations that a sweep hands out."""

from collections.abc import Callable
from typing import Any

from sweepdeck._agent_loop import AgentLoop
from sweepdeck._api import Client, path
from sweepdeck._auth import client_for_use
from sweepdeck._errors import ApiError, UsageError
from sweepdeck._settings import Settings
from sweepdeck._wandb_only import check_wandb_only

_WANDB_ONLY = {"forward_signals": False, "term_timeout": None, "max_consecutive_failed_runs": None}


def agent(
    sweep_id: str | None = None,
    function: Callable[[], Any] | None = None,
    entity: str | None = None,
    project: str | None = None,
    count: int | None = None,
    **wandb_only: Any,
) -> None:
    """Ask the sweep for configurations and call `function` under each, until none is left or `count` were run.

    `sweep_id` is an id or "entity/project/id"; it defaults to SWEEPDECK_SWEEP_ID, and `count` to SWEEPDECK_AGENT_COUNT.
    The function runs in this thread; it takes up its run by `init()`, and one that raises has failed. Ctrl+C stops the
    running run, a second one within 10 seconds ends the agent with `KeyboardInterrupt`. After 3 failures in the first
    60 seconds, or 5 failures and no more successes than that, the agent gives up.

    Raises `UsageError` for a sweep that does not exist, or is not in the `entity` and `project` named.
    """
    check_wandb_only("agent", wandb_only, _WANDB_ONLY)
    settings = Settings.from_environment()
    given = sweep_id or settings.sweep_id
    if not isinstance(given, str) or not given:
        raise UsageError("agent() takes the id that sweep() has returned")
    if not callable(function):
        raise UsageError("agent() takes the function to run: agent(sweep_id, function=main)")
    runs = settings.agent_count if count is None else count
    if runs is not None and (type(runs) is not int or runs < 1):
        raise UsageError(f"count is a whole number of 1 or more, not {runs!r}")
    if settings.mode != "online":
        raise UsageError(f"an agent needs the server: SWEEPDECK_MODE is '{settings.mode}', not 'online'")
    client = client_for_use()
    sweep = find_sweep(client, given, entity=entity, project=project)
    AgentLoop(client, sweep, function, runs, settings).work()


def find_sweep(client: Client, given: str, **named: str | None) -> dict[str, Any]:
    """Return the sweep ID, PROJECT/ID or ENTITY/PROJECT/ID; `named` are the entity and project that it has to be in.

    Raises `UsageError` for one that does not exist or is elsewhere.
    """
    *above, sweep_id = given.strip("/").split("/")
    expected = named | dict(zip(("project", "entity"), reversed(above), strict=False))
    try:
        sweep = client.call("GET", f"/sweeps{path(sweep_id)}")
    except ApiError as error:
        if error.status != 404:
            raise
        raise UsageError(f"there is no sweep '{sweep_id}' on {client.base_url} that you may see") from None
    for kind, name in expected.items():
        if name is not None and name != sweep[kind]:
            raise UsageError(f"sweep '{sweep_id}' is in {kind} '{sweep[kind]}', not '{name}'")
    return sweep
