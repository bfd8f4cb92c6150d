"""`manage.py run`: prepare the installation, then become the supervisor of the server's processes."""

import errno
import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sweepdeck._version import __version__
from sweeps_app.management.preparation import credentials, prepare, require_writable
from sweeps_app.models import User
from sweeps_app.services.installation import KEY_FILE, Installation
from sweeps_app.services.jobs import jobs_requeue_all
from sweeps_app.services.sign_in import sign_in_path
from sweeps_app.supervisor.folder_lock import AlreadyRunning, note_holder, take_lock

LOCK_FILE = "server.lock"
BACKLOG = 1024
LAST_PORT = 65_535


class Command(BaseCommand):
    """Start the web server, a Celery worker and Celery beat, and keep them running until Ctrl+C."""

    help = "Start the whole server on this machine: web server, Celery worker, Celery beat, and a demo at first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on; 0 takes a free one")
        parser.add_argument("--no-demo", action="store_true", help="do not start the demo sweep in a new data folder")

    def handle(self, *, host: str, port: int, no_demo: bool, **_: Any) -> None:
        """Prepare, then become the supervisor."""
        folder = settings.DATA_DIR
        require_writable(folder)
        lock = _lock(folder)
        listener = _listen(host, port)
        port = listener.getsockname()[1]
        url = _follow_port(host, port)
        note_holder(lock, url)
        self.stdout.write(f"Preparing {_shown(folder)} ...")
        self.stdout.flush()
        installation = prepare(folder, with_demo=not no_demo)
        if settings.IS_EMBEDDED_BROKER:  # the only worker is not running yet
            jobs_requeue_all(now=timezone.now())
        greeting = _in_pipe(_greeting(installation, url, folder))
        listener.set_inheritable(True)
        options = {
            "data": folder,
            "health": f"{_reachable(host)}:{port}",
            "socket": listener.detach(),
            "lock": lock,
            "greeting": greeting,
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        os.execv(sys.executable, [sys.executable, "-m", "sweeps_app.supervisor", *arguments])  # noqa: S606


def _listen(host: str, port: int) -> socket.socket:
    """Open the port here, so that it is known to be ours before anything starts."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG
        )
    except PermissionError:
        raise CommandError(f"may not listen on port {port}: take one above 1023 (make run PORT=8001)") from None
    except OSError as error:
        another = port + 1 if port < LAST_PORT else port - 1
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise CommandError(f"{host}:{port} {reason}: take another port (make run PORT={another})") from None


def _lock(folder: Path) -> int:
    try:
        return take_lock(folder / LOCK_FILE)
    except AlreadyRunning as error:
        raise CommandError(str(error)) from None


def _reachable(host: str) -> str:
    """Return an address of this machine under which a server that listens on `host` answers."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _follow_port(host: str, port: int) -> str:
    """Return the server's address, and hand it to the processes unless the person has set another."""
    return os.environ.setdefault("SWEEPDECK_PUBLIC_URL", f"http://{_reachable(host)}:{port}").rstrip("/")


def _in_pipe(text: str) -> int:
    """Return a descriptor to read `text` from: command lines can be seen by other users of the machine."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        stream.write(text)
    os.set_inheritable(reader, True)
    return reader


def _greeting(installation: Installation, url: str, folder: Path) -> str:
    shown = _shown(folder)
    lines = [f"Sweepdeck {__version__}", "", f"  Open       {url}{_sign_in(installation.owner)}"]
    lines += credentials(installation, shown)
    if (folder / KEY_FILE).is_file():
        lines.append(f"  Scripts    export SWEEPDECK_API_KEY=$(cat {shown / KEY_FILE}){_base_url(url)}")
    return "\n".join([*lines, f"  Logs       {shown / 'logs'}", "  Stop       Ctrl+C"])


def _shown(folder: Path) -> Path:
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _base_url(url: str) -> str:
    """Return what scripts need beside the key when the server is not where they look by default."""
    return "" if url == "http://127.0.0.1:8000" else f" SWEEPDECK_BASE_URL={url}"


def _sign_in(owner: User | None) -> str:
    return f"{sign_in_path(user=owner)}   (signs you in, once)" if owner is not None else "/"
