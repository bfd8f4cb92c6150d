"""`manage.py import FILE --entity ENTITY`: make a project of a file that `export` has written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sweeps_app.errors import SweepdeckError
from sweeps_app.management.owner import add_owner_arguments, owner_of
from sweeps_app.services.archive.reading import archive_import


class Command(BaseCommand):
    """Read the archive of a project."""

    help = "Make a project of an archive, all of it or nothing (see docs/archive.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("file", type=Path, help="what `manage.py export` or the project's page has written")
        add_owner_arguments(parser)
        parser.add_argument("--project", help="its name here; by default the one that it had")

    def handle(self, *, file: Path, entity: str, user: str | None, project: str | None, **_: Any) -> None:
        """Import; ends with an error, and leaves nothing, where the file cannot be used."""
        owner = owner_of(entity, user)
        try:
            with file.open("rb") as stream:
                imported = archive_import(user=owner, file=stream, entity_name=entity, project_name=project)
        except (OSError, SweepdeckError) as error:
            raise CommandError(f"cannot import {file}: {error}") from None
        for old, new in imported.new_sweep_ids.items():
            self.stdout.write(f"Sweep {old} is called {new} here: its id is in use.")
        self.stdout.write(f"{imported.project} has {imported.runs:,} runs.")
