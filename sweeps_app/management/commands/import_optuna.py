"""`manage.py import_optuna STORAGE --study NAME`: a study as a sweep."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from sweeps_app.errors import SweepdeckError
from sweeps_app.importers.optuna_load import study_load
from sweeps_app.importers.optuna_source import study_open
from sweeps_app.management.importing import ImportCommand
from sweeps_app.management.owner import owner_of


class Command(ImportCommand):
    """Store a study of Optuna as a sweep with its trials."""

    help = "Make a sweep of a study of Optuna: its parameters, objective, trials and what they reported."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("storage", help="sqlite:///study.db, postgresql://..., or the path of a journal")
        super().add_arguments(parser)
        parser.add_argument("--study", required=True, help="the study's name")

    def handle(self, *, storage: str, study: str, entity: str, user: str | None, project: str | None, **_: Any) -> None:
        """Import."""
        owner = owner_of(entity, user)
        try:
            sweep, loaded = study_load(
                user=owner,
                entity_name=entity,
                project_name=project or "optuna",
                study=study_open(storage, study),
                storage=storage,
            )
        except SweepdeckError as error:
            raise CommandError(f"cannot import: {error}") from None
        self.say(f"sweep {sweep.sweep_id} of {sweep.project}", loaded)
