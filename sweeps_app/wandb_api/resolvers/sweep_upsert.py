"""Sweeps are made, changed and steered; agents ask what to do."""

from typing import Any

import yaml

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Sweep
from sweeps_app.models.identifiers import new_id
from sweeps_app.selectors.access import agent_get, sweep_get
from sweeps_app.services.agents import agent_register
from sweeps_app.services.editing import sweep_edit
from sweeps_app.services.sweeps import SweepCreated, sweep_control, sweep_create
from sweeps_app.services.wandb_agents import Command, wandb_agent_commands
from sweeps_app.wandb_api.binding import resolves
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.local_controller import controller_take
from sweeps_app.wandb_api.translation.config import wrapped
from sweeps_app.wandb_api.translation.keys import read_key
from sweeps_app.wandb_api.translation.states import SWEEP_ACTIONS
from sweeps_app.wandb_api.translation.values import read_object, write_json

# Keys of a sweep's file that are for the vendor's way to start jobs.
_OF_VENDOR = ("image_uri", "job", "scheduler", "launch", "template_variables")
_MAX_HOST = 200
# More than an agent has at once.
_MAX_RUNS = 1_000


@resolves("Mutation", "upsertSweep")
def upsert_sweep(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Make a sweep, or change the one of an id: its configuration, its state, or what its controller wants."""
    if not input.get("id"):
        made, left_out = _made(context, input)
        return _shown(made, left_out)
    sweep = sweep_get(context.user, read_key(input["id"], "Sweep", 1)[0])
    if input.get("state"):
        return _shown(SweepCreated(_steered(sweep, input["state"]), created=False, warnings=()), [])
    if input.get("controller") is not None:
        controller_take(sweep, input["controller"])
        return _shown(SweepCreated(sweep, created=False, warnings=()), [])
    config, left_out = _config(input.get("config"))
    return _shown(sweep_edit(sweep=sweep, user=context.user, config=config), left_out)


@resolves("Mutation", "createAgent")
def create_agent(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Make an agent of a sweep."""
    sweep = sweep_get(context.user, input["sweep"])
    agent, _ = agent_register(user=context.user, sweep=sweep, agent_id=new_id(), host=input["host"][:_MAX_HOST])
    return {"agent": agent}


@resolves("Mutation", "agentHeartbeat")
def agent_heartbeat(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Note which runs an agent has, and tell it what to do."""
    agent = agent_get(context.user, input["id"])
    told = read_object(input.get("runState"), "runState")
    listed = [run_id for run_id, is_there in told.items() if is_there][:_MAX_RUNS]
    commands = wandb_agent_commands(agent=agent, listed=listed)
    return {"agent": agent, "commands": write_json([_written(command) for command in commands])}


def _made(context: Context, given: dict[str, Any]) -> tuple[SweepCreated, list[str]]:
    config, left_out = _config(given.get("config"))
    made = sweep_create(
        user=context.user,
        config=config,
        entity_name=given.get("entityName"),
        project_name=given.get("projectName"),
        name=given.get("displayName"),
    )
    return made, left_out


def _steered(sweep: Sweep, state: str) -> Sweep:
    action = SWEEP_ACTIONS.get(state.upper())
    if action is None:
        raise InvalidInput.of("state", f"must be one of {', '.join(SWEEP_ACTIONS)}")
    if action == "resume" and sweep.state == Sweep.State.PENDING:
        return sweep
    return sweep_control(sweep=sweep, action=action)


def _config(text: str | None) -> tuple[Any, list[str]]:
    """Return the configuration in YAML, and which keys of it only the vendor's server knows."""
    try:
        config = yaml.safe_load(text or "")
    except yaml.YAMLError as error:
        raise InvalidInput.of("config", f"is not YAML: {error}") from None
    if not isinstance(config, dict):
        return config, []
    left_out = [key for key in _OF_VENDOR if key in config]
    return {key: value for key, value in config.items() if key not in left_out}, left_out


def _shown(made: SweepCreated, left_out: list[str]) -> dict[str, Any]:
    warnings = [f"{warning.path}: {warning.message}" for warning in made.warnings]
    warnings += [f"{key}: is not used by this server and was left out" for key in left_out]
    return {"sweep": made.sweep, "configValidationWarnings": warnings}


def _written(command: Command) -> dict[str, Any]:
    if command.type != "run":
        return {"type": command.type} | ({"run_id": command.run_id} if command.run_id else {})
    return {
        "type": "run",
        "run_id": command.run_id,
        "args": wrapped(command.config),
        "program": command.program,
    }
