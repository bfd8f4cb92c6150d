"""Which processes make a server."""

import os
from pathlib import Path

from sweeps_app.supervisor.child import Child, python_module

_QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def server_processes(log_folder: Path, socket: int) -> list[Child]:
    """Return web, worker and beat, in the order of starting; they are stopped in the reverse order."""
    log_folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    web = python_module("sweeps_app.supervisor.web", str(socket))
    # Computing and training leave the processor to whoever answers people and agents.
    worker = ["nice", "-n", "10", *_celery("celery"), "worker", *_QUIET]
    beat = [*_celery("beat"), "beat", "--pidfile="]
    return [
        Child("web", web, log_folder=log_folder, environment=environment, stop_seconds=6, pass_fds=(socket,)),
        Child("worker", worker, log_folder=log_folder, environment=environment, stop_seconds=20),
        Child("beat", beat, log_folder=log_folder, environment=environment, stop_seconds=5),
    ]


def _celery(app: str) -> list[str]:
    """Return how Celery is started; Django's checks would make it load every page and form."""
    return python_module("celery", "-A", f"sweeps_app.config.{app}", "--skip-checks")
