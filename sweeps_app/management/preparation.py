"""What has to be done before the server's processes start, and what a person is told then."""

import os
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError as BrokerError

from sweeps_app.config.celery import app
from sweeps_app.services.demo import demo_start
from sweeps_app.services.installation import CREDENTIALS_FILE, OWNER, Installation, installation_prepare
from sweeps_app.services.static_files import static_files_collect


def require_writable(folder: Path) -> None:
    """Make the data folder; raises `CommandError` where it cannot be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_writable = os.access(folder, os.W_OK)
    except OSError:
        is_writable = False
    if not is_writable:
        raise CommandError(f"cannot write to {folder}: make it writable, or set SWEEPDECK_DATA_DIR to another folder")


def prepare(folder: Path, *, with_demo: bool) -> Installation:
    """Migrate, collect static files, and make the first person, with a demo if wanted; doing so again changes nothing.

    Raises `CommandError` where the database or the broker cannot be used.
    """
    _require_broker()
    try:
        _require_database()
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise CommandError(f"cannot use the database: {_in_one_line(error)}") from None
    static_files_collect()
    installation = installation_prepare(folder=folder)
    if with_demo and installation.owner is not None and installation.password:
        demo_start(user=installation.owner)
    return installation


def credentials(installation: Installation, shown: Path) -> list[str]:
    """Return the lines that tell how to sign in and where keys are; `shown` is the data folder as a person sees it."""
    if installation.password:
        return [
            f"  Sign in    {OWNER} / {installation.password}",
            f"  API key    {installation.key}",
            f"             (kept in {shown / CREDENTIALS_FILE}, not shown again)",
        ]
    if (shown / CREDENTIALS_FILE).is_file():
        return [f"  Sign in    see {shown / CREDENTIALS_FILE}"]
    return []


def _require_database() -> None:
    """Connect once apart from the pool, which would hide the reason and go on trying."""
    single = connection.copy()
    single.settings_dict["OPTIONS"].pop("pool", None)
    single.ensure_connection()
    single.close()


def _require_broker() -> None:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=1)
    except BrokerError as error:
        raise CommandError(f"cannot use the broker of SWEEPDECK_BROKER_URL: {_in_one_line(error)}") from None


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
