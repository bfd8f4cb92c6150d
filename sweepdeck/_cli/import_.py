"""`sweepdeck import`."""

import os
from pathlib import Path
from urllib.parse import urlencode

import click

from sweepdeck._auth import client_for_use
from sweepdeck._cli import output


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("-p", "--project", help="Its name on the server. Default: the name that it had.")
@click.option("-e", "--entity", help="The person or team that is to own it. Default: you.")
@output.json_option
def import_(file: Path, *, project: str | None, entity: str | None, as_json: bool) -> None:
    """Make a project of FILE, which `sweepdeck export` has written: all of it, or nothing.

    Runs of other tools are imported on the server: `manage.py import_wandb`, `import_mlflow`, `import_optuna`,
    `import_csv`.
    """
    client = client_for_use()
    query = urlencode({name: value for name, value in (("entity", entity), ("project", project)) if value})
    with file.open("rb") as content:
        made = client.send_archive(f"/projects/import?{query}", content, os.fstat(content.fileno()).st_size)
    if as_json:
        output.print_json(made)
        return
    for old, new in made["new_sweep_ids"].items():
        click.echo(f"sweep {old} is called {new} here: its id is in use")
    place = made["project"]
    click.echo(f"{place['entity']}/{place['name']} has {made['runs']:,} runs: {place['url']}")
