"""`sweepdeck controller`: functions of the user decide for a sweep."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sweepdeck._cli import output
from sweepdeck._control.controller import controller as controller_of
from sweepdeck._errors import UsageError


@click.command(short_help="Let functions of yours search and stop for a sweep.")
@click.argument("target", metavar="SWEEP")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE.py")
@click.option("--ahead", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="How many configurations are to wait for agents.")  # fmt: skip
@click.option("-p", "--project", help="The project that SWEEP has to be in.")
@click.option("-e", "--entity", help="The person or team that SWEEP has to belong to.")
@output.json_option
def controller(target: str, file: Path, *, ahead: int, project: str | None, entity: str | None, as_json: bool) -> None:
    """Decide for SWEEP by the functions in FILE.py, until the sweep is over.

    `search(config, runs)` returns the next configuration, several, or None when there are no more; `stop(runs)` returns
    the runs to stop. One of the two is enough. SWEEP is an id or ENTITY/PROJECT/ID; it has `method: custom` or
    `controller: {type: local}` where FILE.py searches.
    """
    found = _functions(file)
    decides = controller_of(
        target, entity=entity, project=project, search=found["search"], stop=found["stop"], ahead=ahead
    )
    decides.run()
    if as_json:
        output.print_json({"sweep": decides.sweep_id, "state": decides.state, "runs": len(decides.runs)})


def _functions(file: Path) -> dict[str, Callable[..., Any] | None]:
    """Run a file and return the functions that it defines; modules beside it can be imported."""
    sys.path.insert(0, str(file.resolve().parent))
    defined = runpy.run_path(str(file), run_name="sweepdeck_controller")
    found = {name: defined.get(name) for name in ("search", "stop")}
    if not any(map(callable, found.values())):
        raise UsageError(f"{file} defines neither a function search(config, runs) nor one stop(runs)")
    return {name: function if callable(function) else None for name, function in found.items()}
