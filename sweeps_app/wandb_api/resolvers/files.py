"""Files of runs: where they are put and read."""

from typing import Any

from django.db.models import QuerySet

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run, RunFile
from sweeps_app.selectors.access import run_get, visible_projects
from sweeps_app.selectors.files import run_files
from sweeps_app.selectors.patterns import like
from sweeps_app.services.files import checked_path, file_delete
from sweeps_app.wandb_api.binding import resolves, resolves_each
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.paging import by, connection, whole
from sweeps_app.wandb_api.tickets import GET, PUT, Ticket, file_address
from sweeps_app.wandb_api.translation.keys import file_key, read_key, run_key

MAX_FILES = 10_000


@resolves("Mutation", "createRunFiles")
def create_run_files(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Say where files of a run are to be put; nothing is stored before they come."""
    run = run_get(context.user, input["entityName"], input["projectName"], input["runName"])
    names = input["files"]
    if len(names) > MAX_FILES:
        raise InvalidInput.of("files", f"has more than {MAX_FILES:,} entries: send several requests")
    return {"runID": run_key(run), "uploadHeaders": [], "files": [_to_come(run, checked_path(n)) for n in names]}


@resolves("Mutation", "markRunFilesUploaded")
def mark_run_files_uploaded(_: Any, __: Context, **___: Any) -> dict[str, Any]:
    """Agree: a file is stored before its upload is answered."""
    return {"success": True}


@resolves("Mutation", "deleteFiles")
def delete_files(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Delete files of runs."""
    pks = [int(read_key(key, "File", 1)[0]) for key in input["files"]]
    found = RunFile.objects.filter(pk__in=pks, run__project__in=visible_projects(context.user)).select_related("run")
    for file in found:
        file_delete(run=file.run, path=file.path)
    return {"success": True}


@resolves("Run", "files")
def files(
    run: Run,
    _: Context,
    names: list[str] | None = None,
    pattern: str | None = None,
    upload: bool | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """Return a page of the files of a run; names that there are no files of can be uploaded to."""
    del upload
    found = _named(run, names, pattern).select_related("run__project__entity")
    if not names:
        return {**connection(found, first, after), "uploadHeaders": []}
    known = {file.path: file for file in found}
    return {**whole([known.get(name) or _to_come(run, checked_path(name)) for name in names]), "uploadHeaders": []}


@resolves("Run", "fileCount")
def file_count(run: Run, _: Context) -> int:
    """Return how many files a run has."""
    return run_files(run).count()


@resolves("File", "url", "directUrl")
def url(file: RunFile, context: Context, upload: bool = False) -> str:
    """Return where a file is read, or put where it is to be uploaded."""
    do = PUT if upload or file.pk is None else GET
    return file_address(context.root, file.run, Ticket(do, context.user.pk, file.run.pk, file.path))


@resolves("File", "uploadUrl")
def upload_url(file: RunFile, context: Context) -> str:
    """Return where a file is put."""
    return url(file, context, upload=True)


def _named(run: Run, names: list[str] | None, pattern: str | None) -> QuerySet[RunFile]:
    found = run_files(run)
    if names:
        return found.filter(path__in=names)
    return found.filter(like("path", pattern)) if pattern else found


def _to_come(run: Run, path: str) -> RunFile:
    return RunFile(run=run, path=path, size=0)


resolves_each(
    "File",
    {
        "id": file_key,
        "name": lambda file: file.path,
        "sizeBytes": lambda file: file.size,
        "mimetype": lambda file: file.content_type,
        "updatedAt": by("updated_at"),
        "md5": lambda _: None,
    },
)
