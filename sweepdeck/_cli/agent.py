"""`sweepdeck agent`: run the program of a sweep."""

import sys
from typing import Any

import click

from sweepdeck import _console
from sweepdeck._agent import find_sweep
from sweepdeck._auth import client_for_use
from sweepdeck._cli import output
from sweepdeck._errors import UsageError
from sweepdeck._launch.cards import shares
from sweepdeck._launch.launcher import Launcher
from sweepdeck._launch.macros import DEFAULT_COMMAND, check_variables
from sweepdeck._launch.plan import Plan, Program
from sweepdeck._settings import Settings

_AT_LEAST_ONE = click.IntRange(min=1)


@click.command(short_help="Run the program of a sweep.")
@click.argument("target", metavar="SWEEP", envvar="SWEEPDECK_SWEEP_ID")
@click.option("--count", type=_AT_LEAST_ONE, help="Runs at the most, all together. Default: SWEEPDECK_AGENT_COUNT.")
@click.option("--parallel", type=_AT_LEAST_ONE, help="Runs at once. Default: 1, or as many as there are cards for.")
@click.option("--gpus", metavar="all|LIST", help="Share out graphics cards, such as 0,1,2,3, by CUDA_VISIBLE_DEVICES.")
@click.option("--per-run", type=_AT_LEAST_ONE, help="Cards of each run. Default: 1.")
@click.option("--program", metavar="FILE", help="The program, instead of the one that the sweep names.")
@click.option("--grace", type=click.FloatRange(min=0), default=10.0, show_default=True, metavar="SECONDS",
              help="A run that is stopped is sent SIGINT, SIGTERM and SIGKILL, so many seconds apart.")  # fmt: skip
@click.option("-p", "--project", help="The project that SWEEP has to be in.")
@click.option("-e", "--entity", help="The person or team that SWEEP has to belong to.")
@output.json_option
def agent(
    target: str,
    *,
    count: int | None,
    parallel: int | None,
    gpus: str | None,
    per_run: int | None,
    program: str | None,
    grace: float,
    project: str | None,
    entity: str | None,
    as_json: bool,
) -> int:
    """Run the program of SWEEP under one configuration after another, until there are no more.

    The sweep's `command` says how; each run is a process of its own. SWEEP is an id, or ENTITY/PROJECT/ID.

    Ctrl+C stops the runs at hand, and the agent goes on; a second Ctrl+C within 10 seconds kills them and ends the
    agent. SIGTERM gives the runs back, for other agents to go on with, and ends the agent. A stop from the page ends
    the run alone.
    """
    if per_run is not None and gpus is None:
        raise click.UsageError("--per-run needs --gpus")
    settings = Settings.from_environment()
    if settings.mode != "online":
        raise UsageError(f"an agent needs the server: SWEEPDECK_MODE is '{settings.mode}', not 'online'")
    cards: list[str | None] = [None] * (parallel or 1)
    if gpus is not None:
        cards = [*shares(gpus, per_run or 1, parallel)]
    client = client_for_use()
    sweep = find_sweep(client, target, entity=entity, project=project)
    plan = Plan(
        client,
        sweep,
        _program(sweep["config"], program, grace, sys.stderr.fileno() if as_json else None),
        count or settings.agent_count,
        settings.agent_gives_up,
        settings.job_id,
    )
    launcher = Launcher(plan, cards, ends_at_ctrl_c=bool(settings.job_id))
    _console.say(f"sweep {sweep['sweep_id']} is worked on by {len(cards)} at once: {sweep['url']}")
    code = launcher.run()
    reason = plan.reason or "there are no more runs for this agent"
    if as_json:
        agents = [slot.agent_id for slot in launcher.slots]
        output.print_json({"sweep": sweep["sweep_id"], "agents": agents, "runs": plan.states, "reason": reason})
    else:
        _console.say(f"the agent ends: {reason}; runs: {output.text_of(plan.states)}")
    return code


def _program(config: dict[str, Any], given: str | None, grace: float, descriptor: int | None) -> Program:
    command = config.get("command") or DEFAULT_COMMAND
    path = given or config.get("program") or ""
    if not path and any("${program}" in element for element in command):
        raise UsageError("the sweep names no program to run: name one by --program, or in the sweep's file")
    check_variables(command)
    return Program(path, command, grace, descriptor)
