"""Short lines on stderr, so that a program's own output stays clean."""

import sys
import threading

from sweepdeck._settings import Settings

_said: set[str] = set()
_lock = threading.Lock()


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
    with _lock:
        if key in _said:
            return
        _said.add(key)
    warn(message)
