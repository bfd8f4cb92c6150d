"""`manage.py import_csv FILE`: runs of a table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from sweeps_app.importers.csv_source import CsvColumns, csv_runs
from sweeps_app.management.importing import ImportCommand


class Command(ImportCommand):
    """Store the rows of a CSV file as runs, or as steps of runs."""

    help = "Make runs of a CSV file with a header: a run a row, or with --run a step a row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("file", type=Path)
        super().add_arguments(parser)
        parser.add_argument("--config", nargs="*", default=[], metavar="COLUMN", help="columns that are settings")
        parser.add_argument("--run", default="", metavar="COLUMN", help="the column that names the run of a row")
        parser.add_argument("--step", default="", metavar="COLUMN", help="the column of the step")
        parser.add_argument("--name", default="", metavar="COLUMN", help="the column of the run's name")

    def handle(self, *, file: Path, entity: str, user: str | None, project: str | None, **given: Any) -> None:
        """Import."""
        columns = CsvColumns(tuple(given["config"]), given["run"], given["step"], given["name"])
        self.load(entity, user, project or file.stem, csv_runs(file, columns))
