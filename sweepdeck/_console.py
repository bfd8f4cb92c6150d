"""Short lines on stderr, so that a program's own output stays clean."""

import sys

from sweepdeck._settings import Settings

# Bounds the memory of a script that goes wrong in ever new ways.
MAX_SAID = 10_000
_said: dict[str, str] = {}


def say(message: str) -> None:
    """Print a line, unless `SWEEPDECK_SILENT` is set or stderr is gone."""
    if Settings.from_environment().silent or sys.stderr is None:
        return
    try:
        sys.stderr.write(f"sweepdeck: {message}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return


def warn(message: str) -> None:
    """Print a warning."""
    say(f"WARNING {message}")


def warn_once(key: str, message: str) -> None:
    """Print a warning the first time that `key` is seen in this process."""
    # One step of the interpreter, so that no lock can be left held in a forked child.
    if len(_said) < MAX_SAID and _said.setdefault(key, message) is message:
        warn(message)
