"""The command line `sweepdeck`, described in docs/cli.md. What it needs beyond the SDK is the extra `cli`."""

import sys
from collections.abc import Sequence

_NEEDED = ("click", "yaml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for and return the exit code, one of those that docs/cli.md lists."""
    try:
        from sweepdeck._cli.app import run
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        sys.stderr.write(f"sweepdeck: the command line needs {error.name}: pip install 'sweepdeck[cli]'\n")
        return 1
    return run(sys.argv[1:] if arguments is None else list(arguments))
