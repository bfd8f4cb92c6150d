"""`manage.py compact`: give the space that nothing uses back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from sweeps_app.services.space import database_compact


class Command(BaseCommand):
    """Rewrite the database without unused space."""

    help = (
        "Give the space that deleted rows have left back: on SQLite by writing the file anew, on PostgreSQL by VACUUM."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--full", action="store_true", help="PostgreSQL: VACUUM FULL, which locks each table while it is rewritten"
        )

    def handle(self, *, full: bool, **_: Any) -> None:
        """Compact; ends with an error where the database does not allow it now."""
        try:
            database_compact(full=full)
        except DatabaseError as error:
            raise CommandError(f"cannot compact the database now: {error}") from None
        self.stdout.write("The database is compact.")
