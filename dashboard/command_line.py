"""The command line that runs a sweep's program under one configuration, to be copied into a terminal."""

from collections.abc import Mapping
from typing import Any

from sweeps_app.search.command_line import command_line

# As an agent's own, but for `/usr/bin/env`, which a shell does not need.
_DEFAULT = ("${interpreter}", "${program}", "${args}")


def sweep_command(sweep_config: Mapping[str, Any], config: Mapping[str, Any], program: str = "") -> str:
    """Return the command that an agent runs for `config`, quoted for a POSIX shell; "" where it cannot be told.

    `program` is what the run itself ran, for a sweep that names none; without any program it is the arguments alone.
    """
    found = str(sweep_config.get("program") or program)
    command = sweep_config.get("command") or (_DEFAULT if found else ("${args}",))
    return command_line(command, program=found, config=config) or ""
