"""`manage.py export ENTITY/PROJECT -o FILE`: write a project to a file."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sweeps_app.errors import SweepdeckError
from sweeps_app.models import Project
from sweeps_app.services.archive.writing import archive_chunks


class Command(BaseCommand):
    """Write the archive of a project."""

    help = "Write a project, with its sweeps, runs, histories, output and files, to one file (see docs/archive.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("project", help="entity/project")
        parser.add_argument("-o", "--output", type=Path, required=True, help="the file to write")

    def handle(self, *, project: str, output: Path, **_: Any) -> None:
        """Export; the file appears under its name complete, or not at all."""
        entity, _slash, name = project.partition("/")
        found = Project.objects.filter(entity__name=entity, name=name).first()
        if found is None:
            raise CommandError(f"no project '{project}': name it as entity/project")
        draft = output.with_name(f".{output.name}.{os.getpid()}")
        try:
            with draft.open("wb") as file:
                for chunk in archive_chunks(found):
                    file.write(chunk)
            draft.replace(output)
        except (OSError, SweepdeckError) as error:
            raise CommandError(f"cannot write {output}: {error}") from None
        finally:
            draft.unlink(missing_ok=True)
        self.stdout.write(f"{output}: {output.stat().st_size:,} bytes")
