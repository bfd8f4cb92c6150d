"""Files of a run."""

from django.db.models import QuerySet
from django.db.models.functions import Left

from sweeps_app.errors import NotFound
from sweeps_app.models import Run, RunFile


def run_files(run: Run, prefix: str = "") -> QuerySet[RunFile]:
    """Return the files of a run by path, or those whose path begins with `prefix`."""
    files = RunFile.objects.filter(run=run).order_by("path")
    # `startswith` would not see the difference of upper and lower case on SQLite.
    return files.alias(head=Left("path", len(prefix))).filter(head=prefix) if prefix else files


def file_get(run: Run, path: str) -> RunFile:
    """Return the file at a path; raises `NotFound`."""
    file = RunFile.objects.filter(run=run, path=path).first()
    if file is None:
        raise NotFound(f"run '{run.run_id}' has no file '{path}'")
    return file
