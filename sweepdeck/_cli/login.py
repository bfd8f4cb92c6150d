"""`sweepdeck login`."""

import click

from sweepdeck import _auth
from sweepdeck._cli import output
from sweepdeck._context import process
from sweepdeck._settings import Settings


@click.command()
@click.argument("key", required=False)
@click.option("--host", metavar="URL", help="The server's address. Default: SWEEPDECK_BASE_URL.")
@click.option("--relogin", is_flag=True, help="Ask for a key although one is stored.")
@output.json_option
def login(key: str | None, host: str | None, *, relogin: bool, as_json: bool) -> None:
    """Check the API key with the server and keep it.

    Without KEY it is taken from SWEEPDECK_API_KEY or the netrc file, else you are asked for it, which keeps it out of
    the shell's history. One that was given or typed is stored in the netrc file, readable by you alone.
    """
    _auth.login(key, host=host, relogin=relogin)
    client = process.client
    if client is None:
        return
    me = client.call("GET", "/me")
    if as_json:
        output.print_json({"server": client.base_url, **me})
    elif client.base_url != Settings.from_environment().base_url:
        click.echo(f"other commands and scripts find this server by: export SWEEPDECK_BASE_URL={client.base_url}")
