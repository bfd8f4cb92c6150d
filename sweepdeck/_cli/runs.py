"""`sweepdeck run`: list, show, retry and delete runs."""

from typing import Any
from urllib.parse import urlencode

import click

from sweepdeck._agent import find_sweep
from sweepdeck._api import path
from sweepdeck._auth import client_for_use
from sweepdeck._cli import output
from sweepdeck._cli.places import project_of, run_of

_PAGE = 500
_WHAT = ("name", "run_id", "state", "sweep", "objective", "config", "summary", "history_rows", "tags", "notes")
_WHERE = ("host", "program", "created_at", "started_at", "finished_at", "exit_code", "url")
_SHOWN = _WHAT + _WHERE
_in_project = click.option("-p", "--project", help="The project. Default: SWEEPDECK_PROJECT.")
_of_entity = click.option("-e", "--entity", help="The person or team. Default: SWEEPDECK_ENTITY, then you.")


@click.group("run")
def runs() -> None:
    """List, show, retry and delete runs."""


@runs.command("list", short_help="List the runs of a sweep or a project.")
@click.option("--sweep", help="Only the runs of this sweep.")
@click.option("--state", help="Only runs in this state, such as running or failed.")
@click.option("--text", help="Only runs whose name, id or host holds this.")
@click.option("--sort", default="-created_at", show_default=True,
              help="Keys such as objective, config.NAME, summary.NAME; '-' for descending.")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Runs at the most.")
@_in_project
@_of_entity
@output.json_option
def list_runs(
    *,
    sweep: str | None,
    state: str | None,
    text: str | None,
    sort: str,
    limit: int,
    project: str | None,
    entity: str | None,
    as_json: bool,
) -> None:
    """List the runs of a sweep or a project, the newest first."""
    client = client_for_use()
    if sweep:
        place = f"/sweeps{path(find_sweep(client, sweep, entity=entity, project=project)['sweep_id'])}/runs"
    else:
        place = f"/projects{path(*project_of(client, project, entity))}/runs"
    asked = {"sort": sort, "state": state or "", "text": text or "", "page_size": min(limit, _PAGE)}
    found: list[dict[str, Any]] = []
    page, pages = 0, 1
    while page < pages and len(found) < limit:
        answer = client.call("GET", f"{place}?{urlencode(asked | {'page': page + 1})}")
        found += answer["results"]
        page, pages = page + 1, answer["pages"]
    found = found[:limit]
    if as_json:
        output.print_json(found)
        return
    rows = [
        (
            run["run_id"],
            run["name"],
            run["state"],
            run["sweep"],
            run["objective"],
            _short(run["created_at"]),
            run["host"],
        )
        for run in found
    ]
    output.print_table(("ID", "NAME", "STATE", "SWEEP", "OBJECTIVE", "CREATED", "HOST"), rows)


@runs.command("show", short_help="Show what a run was given and what came of it.")
@click.argument("run", metavar="RUN")
@_in_project
@_of_entity
@output.json_option
def show_run(run: str, *, project: str | None, entity: str | None, as_json: bool) -> None:
    """Show what RUN was given and what came of it; RUN is ID, PROJECT/ID or ENTITY/PROJECT/ID."""
    client = client_for_use()
    found = client.call("GET", f"/runs{path(*run_of(client, run, project, entity))}")
    if as_json:
        output.print_json(found)
        return
    output.print_facts({name: found[name] for name in _SHOWN if found[name] not in ("", [], {})})
    if found["error"]:
        click.echo(f"\n{found['error'].rstrip()}")


@runs.command("retry", short_help="Let runs of a sweep be tried again.")
@click.argument("given", metavar="RUN...", nargs=-1, required=True)
@_in_project
@_of_entity
@output.json_option
def retry_runs(given: tuple[str, ...], *, project: str | None, entity: str | None, as_json: bool) -> None:
    """Let runs of a sweep that ended badly wait for an agent that tries them again, under the same configuration.

    RUN is ID, PROJECT/ID or ENTITY/PROJECT/ID. Those that wait already are passed over.
    """
    client = client_for_use()
    places = [path(*run_of(client, name, project, entity)) for name in given]
    waiting = [client.call("POST", f"/runs{place}/retry", {}) for place in places]
    if as_json:
        output.print_json(waiting)
        return
    for run in waiting:
        click.echo(f"run {run['run_id']} waits for an agent, after attempt {run['attempt']}")


@runs.command("delete", short_help="Delete runs with all that they have logged.")
@click.argument("given", metavar="RUN...", nargs=-1, required=True)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@_in_project
@_of_entity
@output.json_option
def delete_runs(given: tuple[str, ...], *, yes: bool, project: str | None, entity: str | None, as_json: bool) -> None:
    """Delete runs with all that they have logged; RUN is ID, PROJECT/ID or ENTITY/PROJECT/ID.

    Those that are gone already are passed over.
    """
    client = client_for_use()
    by_project: dict[tuple[str, str], list[str]] = {}
    for name in given:
        owner, place, run_id = run_of(client, name, project, entity)
        by_project.setdefault((owner, place), []).append(run_id)
    if not yes:
        click.confirm(f"Delete {', '.join(given)}, which cannot be undone?", abort=True, err=True)
    deleted = 0
    for place_, ids in by_project.items():
        deleted += client.call("POST", f"/projects{path(*place_)}/runs/delete", {"run_ids": ids})["deleted"]
    if as_json:
        output.print_json({"deleted": deleted})
    else:
        click.echo(f"{deleted} of {len(given)} deleted")


def _short(moment: str) -> str:
    return moment[:16].replace("T", " ")
