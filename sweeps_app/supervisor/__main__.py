"""`python -m sweeps_app.supervisor`: what `manage.py run` becomes once everything is prepared."""

import argparse
import os
import sys
from pathlib import Path

from sweeps_app.supervisor.processes import server_processes
from sweeps_app.supervisor.supervisor import Supervisor


def main() -> int:
    """Run the server's processes until a signal; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=int, required=True, help="descriptor of the listening socket")
    parser.add_argument("--lock", type=int, required=True, help="descriptor of the folder's lock")
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--health", required=True, help="host:port to ask for /healthz")
    parser.add_argument("--greeting", type=int, required=True, help="descriptor of what to print at last")
    options = parser.parse_args()
    for descriptor in (options.lock, options.socket):
        os.set_inheritable(descriptor, False)
    with os.fdopen(options.greeting) as stream:
        greeting = stream.read()
    children = server_processes(options.data / "logs", options.socket)
    return Supervisor(children, health=options.health, greeting=greeting).run()


if __name__ == "__main__":
    sys.exit(main())
