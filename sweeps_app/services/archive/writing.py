"""Write the archive of a project."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from sweeps_app.models import Project, Result, Run, SavedView, Sweep
from sweeps_app.services.archive.container import PIECE, ArchiveWriter, Framed, Record
from sweeps_app.services.archive.snapshot import snapshot
from sweeps_app.services.archive.tables import FILES, FRAMED, LINES, REFERENCES, RESULTS, Table
from sweeps_app.services.objects import object_open

# Rows that are in memory at once: small ones, and those with bytes.
_MANY, _FEW = 500, 16


def archive_chunks(project: Project) -> Iterator[bytes]:
    """Yield the archive of a project, piece by piece, as the project was when the first piece was made.

    To be read outside of any transaction, by one thread. Raises `StorageFailed` where a file cannot be read: what was
    yielded until then is no archive.
    """
    with snapshot():
        writer = ArchiveWriter({"project": project.name, "made_at": timezone.now().isoformat()})
        for table in LINES:
            yield from writer.lines(table.member, _records(project, table))
        for table in FRAMED:
            yield from writer.frames(table.member, _frames(project, table))
        yield from writer.frames(FILES.member, _file_frames(project))
        yield from writer.end()


def _records(project: Project, table: Table) -> Iterator[Record]:
    for row in _values(project, table).iterator(chunk_size=_MANY):
        yield _record(table, row)


def _frames(project: Project, table: Table) -> Iterator[Framed]:
    for row in _values(project, table, table.data).iterator(chunk_size=_FEW):
        data = bytes(row[table.data])
        yield Framed(_record(table, row), len(data), (data,))


def _file_frames(project: Project) -> Iterator[Framed]:
    for row in _values(project, FILES, "content").iterator(chunk_size=_MANY):
        yield Framed(_record(FILES, row), row["size"], _pieces(row["content"]))


def _pieces(name: str) -> Iterator[bytes]:
    with object_open(name) as stream:
        while piece := stream.read(PIECE):
            yield piece


def _values(project: Project, table: Table, *more: str) -> QuerySet[Any, dict[str, Any]]:
    """Return the rows of a table, in an order that is the same again after an import."""
    authors = ("created_by__username",) if "author" in table.fields else ()
    tombs = ("run__deleted_at",) if table is RESULTS else ()
    names = (*table.fields, *(REFERENCES[name] for name in table.references), *authors, *tombs, *more)
    return _rows(project, table.model).values(*names)


def _rows(project: Project, model: type[Model]) -> QuerySet[Any]:
    if model is Project:
        return Project.objects.filter(pk=project.pk)
    if model in (Sweep, Run):
        return model._default_manager.filter(project=project).order_by("pk")
    if model is SavedView:
        shown = Q(sweep=None) | Q(sweep__deleted_at=None)
        return SavedView.objects.filter(shown, project=project).order_by("pk")
    parents = {field.name for field in model._meta.fields if field.is_relation}
    if "run" not in parents or model is Result:
        sweeps = Sweep.objects.filter(project=project).order_by().values("pk")
        return model._default_manager.filter(sweep__in=sweeps).order_by("sweep_id", "pk")
    runs = Run.objects.filter(project=project).order_by().values("pk")
    return model._default_manager.filter(run__in=runs).order_by("run_id", "pk")


def _record(table: Table, row: dict[str, Any]) -> Record:
    record = {name: _plain(row[name]) for name in table.fields}
    record |= {name: row[REFERENCES[name]] for name in table.references}
    if "author" in table.fields:
        record["author"] = row["author"] or row["created_by__username"] or ""
    if row.get("run__deleted_at"):
        record["run"] = None
    return record


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
