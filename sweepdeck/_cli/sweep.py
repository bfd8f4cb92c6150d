"""`sweepdeck sweep`: register a sweep, change it, steer it, try its failed runs again."""

from typing import Any

import click

from sweepdeck._agent import find_sweep
from sweepdeck._api import path
from sweepdeck._auth import client_for_use
from sweepdeck._cli import output
from sweepdeck._cli.sweep_file import SweepFile
from sweepdeck._errors import ApiError
from sweepdeck._sweep import register_sweep

_RETRY = "retry-failed"


@click.command(short_help="Register, change, steer a sweep, or try its failed runs again.")
@click.argument("target", metavar="FILE|SWEEP")
@click.option("--update", "updated", metavar="SWEEP", help="Change this sweep to what FILE says.")
@click.option("--pause", "steering", flag_value="pause", help="Begin no further runs; those at hand go on.")
@click.option("--resume", "steering", flag_value="resume", help="Go on with a paused sweep.")
@click.option("--stop", "steering", flag_value="stop", help="Begin no further runs, for good; those at hand finish.")
@click.option("--cancel", "steering", flag_value="cancel", help="Stop the sweep and all of its runs.")
@click.option("--retry-failed", "steering", flag_value=_RETRY, help="Try all failed and crashed runs again.")
@click.option("-p", "--project", help="The project. Default: what FILE names, then SWEEPDECK_PROJECT.")
@click.option("-e", "--entity", help="The person or team. Default: what FILE names, then SWEEPDECK_ENTITY, then you.")
@click.option("--name", help="The sweep's name, instead of the one in FILE.")
@output.json_option
def sweep(
    target: str,
    *,
    updated: str | None,
    steering: str | None,
    project: str | None,
    entity: str | None,
    name: str | None,
    as_json: bool,
) -> None:
    """Register the sweep that the YAML file FILE ("-": standard input) describes, or steer SWEEP, or retry its runs.

    SWEEP is an id, or ENTITY/PROJECT/ID as in the address of its page.
    """
    if updated and steering:
        raise click.UsageError(f"--update and --{steering} exclude each other")
    if steering and name:
        raise click.UsageError(f"--name is for a new sweep, not for --{steering}")
    if steering == _RETRY:
        _retry_failed(find_sweep(client_for_use(), target, entity=entity, project=project), as_json=as_json)
        return
    if steering:
        found = find_sweep(client_for_use(), target, entity=entity, project=project)
        found = client_for_use().call("POST", f"/sweeps{path(found['sweep_id'])}/{steering}", {})
        _show(found, f"sweep {found['sweep_id']} is {found['state']}", as_json=as_json)
        return
    file = SweepFile(target)
    config = file.config | ({"name": name} if name else {})
    try:
        if updated:
            made = find_sweep(client_for_use(), updated, entity=entity, project=project)
            made = client_for_use().call("PUT", f"/sweeps{path(made['sweep_id'])}/config", {"config": config})
        else:
            made = register_sweep(config, entity=entity, project=project)
    except ApiError as error:
        if not any(attribute.startswith("config") for attribute, _, _ in error.problems):
            raise
        raise file.refused(error.problems) from None
    for warning in made["warnings"]:
        line, column = file.place(warning["path"])
        click.echo(f"{file.name}:{line}:{column}: warning: {warning['path']}: {warning['message']}", err=True)
    what = "was changed" if updated else f"in project {made['project']}"
    _show(made, f"sweep {made['sweep_id']} {what}: {made['url']}", as_json=as_json)
    if not updated and not as_json and config.get("program"):
        click.echo(f"run it here by: sweepdeck agent {made['entity']}/{made['project']}/{made['sweep_id']}")


def _retry_failed(sweep: dict[str, Any], *, as_json: bool) -> None:
    run_ids: list[str] = []
    is_done = False
    while not is_done:
        answer = client_for_use().call("POST", f"/sweeps{path(sweep['sweep_id'])}/retry", {})
        run_ids += answer["run_ids"]
        is_done = not answer["left"] or not answer["run_ids"]
    if as_json:
        output.print_json({"run_ids": run_ids})
    else:
        click.echo(f"{len(run_ids)} run{' waits' if len(run_ids) == 1 else 's wait'} for an agent")


def _show(found: dict[str, Any], line: str, *, as_json: bool) -> None:
    if as_json:
        output.print_json(found)
    else:
        click.echo(line)
