"""`sweepdeck status`."""

from typing import Any

import click

from sweepdeck._agent import find_sweep
from sweepdeck._api import Client, path
from sweepdeck._auth import client_for_use
from sweepdeck._cli import output
from sweepdeck._settings import Settings


@click.command(short_help="Tell which server and account are used, and how a sweep or project goes.")
@click.argument("target", metavar="[SWEEP|ENTITY/PROJECT]", required=False)
@output.json_option
def status(target: str | None, *, as_json: bool) -> None:
    """Tell which server and account commands and scripts use, and how a sweep or a project goes.

    Without an argument it is the project that SWEEPDECK_PROJECT names.
    """
    client = client_for_use()
    me = client.call("GET", "/me")
    told: dict[str, Any] = {"server": client.base_url, "user": me["user"], "default_entity": me["default_entity"]}
    settings = Settings.from_environment()
    if target is None and settings.project:
        target = f"{settings.entity or client.entity}/{settings.project}"
    if target is not None and target.strip("/").count("/") == 1:
        told["project"] = _project(client, target)
    elif target is not None:
        told["sweep"] = find_sweep(client, target)
    if as_json:
        output.print_json(told)
        return
    facts = {name: told[name] for name in ("server", "user", "default_entity")}
    output.print_facts(facts | _sweep_facts(told.get("sweep")) | _project_facts(told.get("project")))


def _project(client: Client, target: str) -> dict[str, Any]:
    place = f"/projects{path(*target.strip('/').split('/'))}"
    facts = client.call("GET", place)
    lists = {"sweeps_count": "sweeps", "runs_count": "runs", "running_count": "runs?state=running"}
    counts = {name: client.call("GET", f"{place}/{part}")["count"] for name, part in lists.items()}
    return facts | counts


def _sweep_facts(sweep: dict[str, Any] | None) -> dict[str, Any]:
    if sweep is None:
        return {}
    best = sweep["best_run"]
    return {
        "sweep": f"{sweep['name']} ({sweep['sweep_id']}) in {sweep['entity']}/{sweep['project']}",
        "state": sweep["state"],
        "method": sweep["method"],
        "runs": sweep["run_counts"],
        "expected_runs": sweep["expected_runs"],
        "best": best and f"{sweep['metric_name']} {best['objective']:.6g} by {best['name']} ({best['run_id']})",
        "url": sweep["url"],
    }


def _project_facts(project: dict[str, Any] | None) -> dict[str, Any]:
    if project is None:
        return {}
    return {
        "project": f"{project['entity']}/{project['name']}",
        "sweeps": project["sweeps_count"],
        "runs": f"{project['runs_count']}, {project['running_count']} of them running",
        "url": project["url"],
    }
