"""`manage.py prepare`: what `manage.py run` does first, for servers whose processes something else starts."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sweeps_app.management.preparation import credentials, prepare, require_writable


class Command(BaseCommand):
    """Prepare the database, the static files and the first person."""

    help = (
        "Migrate the database, collect static files, and make an admin user with an API key when there is nobody yet."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--no-demo", action="store_true", help="do not start the demo sweep in a new installation")

    def handle(self, *, no_demo: bool, **_: Any) -> None:
        """Prepare; doing so again changes nothing."""
        folder = settings.DATA_DIR
        require_writable(folder)
        installation = prepare(folder, with_demo=not no_demo)
        self.stdout.write(
            "\n".join([f"Sweepdeck is ready for {settings.PUBLIC_URL}", *credentials(installation, folder)])
        )
