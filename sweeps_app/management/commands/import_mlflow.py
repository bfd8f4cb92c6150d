"""`manage.py import_mlflow STORE`: experiments as projects."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from sweeps_app.errors import SweepdeckError
from sweeps_app.importers.mlflow_source import MlflowStore, mlflow_runs, mlflow_store
from sweeps_app.management.importing import ImportCommand

_NO_NAME = re.compile(r"[/\\#?%:\x00-\x1f]+")


class Command(ImportCommand):
    """Store the experiments of MLflow as projects."""

    help = "Make a project of each experiment of MLflow: parameters, metrics by step, tags, times."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("store", help="the folder mlruns, sqlite:///mlflow.db, or postgresql://...")
        super().add_arguments(parser)
        parser.add_argument("--experiment", help="only the experiment of this name")

    def handle(
        self, *, store: str, experiment: str | None, entity: str, user: str | None, project: str | None, **_: Any
    ) -> None:
        """Import."""
        try:
            opened = mlflow_store(store)
            found = _chosen(opened, experiment)
        except SweepdeckError as error:
            raise CommandError(f"cannot import: {error}") from None
        for key, name in found.items():
            self.load(entity, user, project or _NO_NAME.sub("-", name)[:128], mlflow_runs(opened, key))


def _chosen(store: MlflowStore, experiment: str | None) -> dict[str, str]:
    known = store.experiments()
    found = {key: name for key, name in known.items() if experiment in (None, name)}
    if not found:
        names = ", ".join(sorted(known.values())) or "none"
        raise CommandError(f"no experiment{f' {experiment!r}' if experiment else ''}: there are {names}")
    return found
