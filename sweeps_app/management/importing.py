"""What the commands share that import from other tools."""

from argparse import ArgumentParser
from collections.abc import Iterable

from django.core.management.base import BaseCommand, CommandError

from sweeps_app.errors import SweepdeckError
from sweeps_app.importers.load import Loaded, runs_load
from sweeps_app.importers.source import SourceRun
from sweeps_app.management.owner import add_owner_arguments, owner_of


class ImportCommand(BaseCommand):
    """A command that stores runs; run again, it adds what is new."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        add_owner_arguments(parser)
        parser.add_argument("--project", help="the project here; it is made where it is missing")

    def load(self, entity: str, user: str | None, project: str, runs: Iterable[SourceRun]) -> None:
        """Store runs in a project and say what came of them."""
        owner = owner_of(entity, user)
        try:
            loaded = runs_load(user=owner, entity_name=entity, project_name=project, runs=runs)
        except (OSError, SweepdeckError) as error:
            raise CommandError(f"cannot import: {error}. What was stored until then stays; run it again.") from None
        self.say(f"{entity}/{project}", loaded)

    def say(self, place: str, loaded: Loaded) -> None:
        """Say how many runs there were."""
        self.stdout.write(
            f"{place}: {loaded.added:,} runs added, {loaded.continued:,} continued, {loaded.known:,} known already"
        )
