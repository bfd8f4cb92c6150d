"""`sweepdeck export`."""

from pathlib import Path

import click

from sweepdeck._api import path
from sweepdeck._auth import client_for_use
from sweepdeck._cli import output
from sweepdeck._cli.places import project_of
from sweepdeck._errors import UsageError


@click.command()
@click.argument("project", metavar="[ENTITY/]PROJECT", required=False)
@click.option("-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The file to write. Default: PROJECT.sweepdeck in the working folder.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@output.json_option
def export(project: str | None, target: Path | None, *, force: bool, as_json: bool) -> None:
    """Download a project with all that is in it as one file.

    `manage.py import` reads it, on this server or another. Without an argument it is the project that
    SWEEPDECK_PROJECT names.
    """
    client = client_for_use()
    entity, name = project_of(client, project)
    file = target or Path(f"{name}.sweepdeck")
    if file.exists() and not force:
        raise UsageError(f"{file} is there already: name another by --output, or replace it by --force")
    size = client.download(f"/projects{path(entity, name)}/archive", file)
    if as_json:
        output.print_json({"file": str(file), "bytes": size, "entity": entity, "project": name})
    else:
        click.echo(f"{entity}/{name}: {size:,} bytes in {file}")
