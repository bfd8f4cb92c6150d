"""All commands under one, and what becomes of their errors."""

from collections.abc import Sequence
from typing import Any

import click

from sweepdeck._cli import output
from sweepdeck._cli.agent import agent
from sweepdeck._cli.bad_file import BadFile
from sweepdeck._cli.completion import completion
from sweepdeck._cli.controller import controller
from sweepdeck._cli.export import export
from sweepdeck._cli.import_ import import_
from sweepdeck._cli.login import login
from sweepdeck._cli.report import report
from sweepdeck._cli.runs import runs
from sweepdeck._cli.status import status
from sweepdeck._cli.sweep import sweep
from sweepdeck._cli.sync import sync
from sweepdeck._errors import ApiError, AuthenticationError, CommError, Error
from sweepdeck._version import __version__

FAILED, UNREACHABLE, NOT_LOGGED_IN, INTERRUPTED = 1, 3, 4, 130
COMPLETE_VARIABLE = "_SWEEPDECK_COMPLETE"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="sweepdeck", message="%(prog)s %(version)s")
def cli() -> None:
    """Work with a Sweepdeck server: register sweeps, run agents, look after runs.

    SWEEPDECK_BASE_URL names the server, `sweepdeck login` keeps your API key.
    """


for command in (login, sweep, agent, controller, runs, status, sync, report, export, import_, completion):
    cli.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments ask for, tell what is wrong, and return the exit code."""
    try:
        code = cli.main(
            args=list(arguments), prog_name="sweepdeck", complete_var=COMPLETE_VARIABLE, standalone_mode=False
        )
        return int(code or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("sweepdeck: interrupted", err=True)
        return INTERRUPTED
    except (Error, OSError) as error:
        if "--json" in arguments:
            output.print_json(_as_json(error))
        else:
            click.echo(f"sweepdeck: {error}", err=True)
        return _exit_code(error)


def _exit_code(error: Exception) -> int:
    if isinstance(error, AuthenticationError) or (isinstance(error, ApiError) and error.status == 401):
        return NOT_LOGGED_IN
    if isinstance(error, ApiError) and not error.is_temporary:
        return FAILED
    return UNREACHABLE if isinstance(error, CommError) else FAILED


def _as_json(error: Exception) -> dict[str, Any]:
    """Return an error in the shape of the REST API's."""
    if isinstance(error, BadFile):
        return {"type": "validation_error", "errors": [problem.as_json(error.file) for problem in error.problems]}
    if isinstance(error, ApiError) and error.problems:
        problems = [{"code": code, "detail": detail, "attr": attr or None} for attr, detail, code in error.problems]
        return {"type": "client_error", "errors": problems}
    return {"type": "client_error", "errors": [{"code": "error", "detail": str(error), "attr": None}]}
