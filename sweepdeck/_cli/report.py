"""`sweepdeck report`."""

from pathlib import Path

import click

from sweepdeck._agent import find_sweep
from sweepdeck._api import path
from sweepdeck._auth import client_for_use
from sweepdeck._cli import output
from sweepdeck._errors import UsageError


@click.command()
@click.argument("sweep", metavar="SWEEP")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The file to write. Default: SWEEP-report.html in the working folder.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@click.option("-p", "--project", help="The project. Default: SWEEPDECK_PROJECT.")
@click.option("-e", "--entity", help="The person or team. Default: SWEEPDECK_ENTITY, then you.")
@output.json_option
def report(
    sweep: str, target: Path | None, *, force: bool, project: str | None, entity: str | None, as_json: bool
) -> None:
    """Download a sweep as one HTML file, with its charts and runs, that opens without a network."""
    client = client_for_use()
    sweep_id = find_sweep(client, sweep, entity=entity, project=project)["sweep_id"]
    file = target or Path(f"{sweep_id}-report.html")
    if file.exists() and not force:
        raise UsageError(f"{file} is there already: name another by --output, or replace it by --force")
    size = client.download(f"/sweeps{path(sweep_id)}/report.html", file)
    if as_json:
        output.print_json({"file": str(file), "bytes": size, "sweep_id": sweep_id})
    else:
        click.echo(f"sweep {sweep_id}: {size:,} bytes in {file}")
