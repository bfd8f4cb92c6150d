"""`manage.py import_wandb FOLDER`: runs that wandb has written offline."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from sweeps_app.errors import SweepdeckError
from sweeps_app.importers.wandb_source import wandb_logs, wandb_run
from sweeps_app.management.importing import ImportCommand

DEFAULT_PROJECT = "uncategorized"


class Command(ImportCommand):
    """Store offline runs of wandb."""

    help = "Store what wandb has written offline: config, history, summary, output, system metrics."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("folder", type=Path, help="the folder wandb, or one offline-run-* in it")
        super().add_arguments(parser)

    def handle(self, *, folder: Path, entity: str, user: str | None, project: str | None, **_: Any) -> None:
        """Import."""
        try:
            runs = [wandb_run(path) for path in wandb_logs(folder)]
        except (OSError, SweepdeckError) as error:
            raise CommandError(f"cannot import: {error}") from None
        for name in sorted({project or run.project or DEFAULT_PROJECT for run in runs}):
            mine = (run.run for run in runs if (project or run.project or DEFAULT_PROJECT) == name)
            self.load(entity, user, name, mine)
