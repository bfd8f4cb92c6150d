"""Short lines on stderr, so that a program's own output stays clean."""

import sys

from sweepdeck._settings import Settings

# Bounds the memory of a script that goes wrong in ever new ways.
MAX_SAID = 10_000
_said: dict[str, str] = {}


def say(message: str) -> None:
    """Print a line, unless `SWEEPDECK_SILENT` is set or stderr is gone."""
    if not Settings.from_environment().silent:
        write(f"sweepdeck: {message}\n")


def warn(message: str) -> None:
    """Print a warning, which is part of the output of the run at hand."""
    if not Settings.from_environment().silent:
        write(f"sweepdeck: WARNING {message}\n", is_recorded=True)


def write(text: str, *, is_recorded: bool = False) -> bool:
    """Write to stderr, by default past the recording of a run's output; tell whether stderr is there and takes it."""
    if sys.stderr is None:
        return False
    recording = sys.stderr.write
    try:
        (recording if is_recorded else getattr(recording, "unrecorded", recording))(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        return False
    return True


def warn_once(key: str, message: str) -> None:
    """Print a warning the first time that `key` is seen in this process."""
    # One step of the interpreter, so that no lock can be left held in a forked child.
    if len(_said) < MAX_SAID and _said.setdefault(key, message) is message:
        warn(message)
