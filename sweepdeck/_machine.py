"""Where a run is executed: the machine's name and the program's."""

import os
import socket
import sys
from pathlib import Path

from sweepdeck._context import in_notebook
from sweepdeck._values import storable_text

_HOST_CHARACTERS, _PROGRAM_CHARACTERS = 200, 1000


def host_name() -> str:
    """Return this machine's name."""
    return storable_text(socket.gethostname())[:_HOST_CHARACTERS]


def program_name() -> str:
    """Return the script's path, seen from the working folder where it lies inside, or what else runs this code."""
    if in_notebook():
        return "notebook"
    if not sys.argv or not sys.argv[0] or sys.argv[0].startswith("-"):
        return "interactive"
    script = Path(sys.argv[0])
    try:
        shown = script.relative_to(Path.cwd()) if script.is_absolute() else script
    except (ValueError, OSError):
        shown = script
    return storable_text(os.fspath(shown))[-_PROGRAM_CHARACTERS:]
