"""Make a project of an archive: hidden while it is read, shown as a whole."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.models import Agent, Project, Run, RunFile, SavedView, Suggestion, Sweep, User
from sweeps_app.models.identifiers import new_id, project_name_pattern
from sweeps_app.search.schema import check_config
from sweeps_app.selectors.access import entity_get
from sweeps_app.services.archive.checking import checked_data, checked_fields, damaged
from sweeps_app.services.archive.container import MAX_DATA, PIECE, ArchiveReader, Record, read_exactly
from sweeps_app.services.archive.tables import (
    AGENTS,
    FILES,
    FRAMED,
    LINES,
    MEMBERS,
    PROJECT,
    RUNS,
    SWEEPS,
    VIEWS,
    Table,
)
from sweeps_app.services.deletion import purge_ring
from sweeps_app.services.files import checked_path, checked_type, object_name
from sweeps_app.services.objects import object_write, objects_remove

# What a crash leaves is removed after so long without a sign of life of the import.
LEASE = timedelta(minutes=10)
# Records, and bytes, of one transaction.
BATCH, BATCH_BYTES = 500, 16 * 2**20
_MIB = 2**20

# The place of a record, for messages, the record and its bytes.
_Read = tuple[str, Record, bytes]


@dataclass(frozen=True)
class Imported:
    """The project that an archive has become, its runs, and the new ids of sweeps whose own were taken."""

    project: Project
    runs: int
    new_sweep_ids: dict[str, str]


@dataclass
class _Import:
    """An import under way: the hidden project, and the primary keys of what its records refer to by id."""

    user: User
    project: Project
    sweeps: dict[str, int] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    agents: dict[str, int] = field(default_factory=dict)
    change: int = 0
    version: int = 1


def archive_import(*, user: User, file: IO[bytes], entity_name: str, project_name: str | None = None) -> Imported:
    """Make a project of an archive, under its own name or `project_name`; nobody sees it before it is complete.

    What was made by whom is kept as a name, the importer owns it all. Raises `InvalidInput` for a file that is not an
    archive of a version that this server reads, or is damaged, `NotFound` for an entity that `user` does not belong to
    and `Conflict` where the name is taken. Nothing is left then; what a crash leaves, workers remove.
    """
    reader = ArchiveReader(file, MEMBERS)
    reader.verify()
    entity = entity_get(user, entity_name)
    row = _project_row(reader)
    name = project_name or row["name"]
    _check_name(name)
    if Project.objects.filter(entity=entity, name=name).exists():
        raise Conflict(f"project '{entity.name}/{name}' exists: import under another name")
    now = timezone.now()
    facts = row | {"name": name, "entity": entity, "created_by": user, "deleted_at": now, "import_until": now + LEASE}
    work = _Import(user, Project.everything.create(**facts), version=reader.version)
    try:
        for table in (*LINES[1:], *FRAMED, FILES):
            if table.member in reader.members:
                _read_table(work, reader, table)
        return _show(work, name)
    except BaseException:
        _give_up(work)
        raise


def _give_up(work: _Import) -> None:
    """Leave what was read to those who remove what is deleted."""
    with suppress(DatabaseError):  # the lease ends by itself
        Project.everything.filter(pk=work.project.pk, deleted_at__isnull=False).update(import_until=None)
        purge_ring()


def _project_row(reader: ArchiveReader) -> dict[str, Any]:
    records = reader.members[PROJECT.member].records
    if records != 1:
        raise InvalidInput.of("archive", f"is damaged: {PROJECT.member} has {records} records instead of 1")
    record, _ = next(reader.lines(PROJECT.member))
    return checked_fields(PROJECT, record, PROJECT.member, reader.version)


def _check_name(name: str) -> None:
    try:
        project_name_pattern(name)
    except ValidationError as error:
        raise InvalidInput.of("project", str(error.message)) from None


def _read_table(work: _Import, reader: ArchiveReader, table: Table) -> None:
    if table is FILES:
        for place, record, size, stream in _placed(table, reader.frames(table.member)):
            _store_file(work, place, record, size, stream)
        return
    records = _with_data(table, reader) if table.data else _lines(table, reader)
    for batch in _batches(records):
        _store(work, table, batch)


def _lines(table: Table, reader: ArchiveReader) -> Iterator[tuple[_Read, int]]:
    for number, (record, size) in enumerate(reader.lines(table.member)):
        yield (f"{table.member}, record {number}", record, b""), size


def _with_data(table: Table, reader: ArchiveReader) -> Iterator[tuple[_Read, int]]:
    for place, record, size, stream in _placed(table, reader.frames(table.member)):
        if size > MAX_DATA:
            raise damaged(place, f"has more than {MAX_DATA // _MIB} MiB")
        yield (place, record, read_exactly(stream, size, place)), size


def _placed(
    table: Table, frames: Iterable[tuple[Record, int, IO[bytes]]]
) -> Iterator[tuple[str, Record, int, IO[bytes]]]:
    for number, frame in enumerate(frames):
        yield f"{table.member}, record {number}", *frame


def _batches(records: Iterable[tuple[_Read, int]]) -> Iterator[list[_Read]]:
    batch: list[_Read] = []
    size = 0
    for record, length in records:
        batch.append(record)
        size += length
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@transaction.atomic
def _store(work: _Import, table: Table, batch: list[_Read]) -> None:
    _stay_alive(work)
    rows = [table.model(**checked_fields(table, record, place, work.version)) for place, record, _ in batch]
    _refer(work, table, rows, batch)
    for row, (place, _, data) in zip(rows, batch, strict=True):
        if table.data:
            setattr(row, table.data, checked_data(row, data, place))
        _own(work, row)
    try:
        made = table.model._default_manager.bulk_create(rows)
    except IntegrityError as error:
        raise damaged(table.member, f"has a record twice, or one that contradicts another: {error}") from None
    _remember(work, table, made, batch)


def _stay_alive(work: _Import) -> None:
    alive = Project.everything.filter(pk=work.project.pk, import_until__isnull=False)
    if not alive.update(import_until=timezone.now() + LEASE):
        raise Conflict("the import was given up meanwhile: start it again")


def _refer(work: _Import, table: Table, rows: list[Any], batch: list[_Read]) -> None:
    """Set what the records refer to."""
    known = {"sweep": work.sweeps, "run": work.runs, "agent": work.agents}
    for name in table.references:
        if name == "suggestion":
            continue
        for row, (place, record, _) in zip(rows, batch, strict=True):
            given = record[name]
            if given is None and table.model._meta.get_field(name).null:
                continue
            if not isinstance(given, str) or given not in known[name]:
                raise damaged(place, f"refers to a {name} that is not there: {given!r:.50}")
            setattr(row, f"{name}_id", known[name][given])
    if "suggestion" in table.references:
        _refer_to_suggestions(table, rows, batch)


def _refer_to_suggestions(table: Table, rows: list[Any], batch: list[_Read]) -> None:
    wanted = [(row, place, record["suggestion"]) for row, (place, record, _) in zip(rows, batch, strict=True)]
    named = [(row, place, number) for row, place, number in wanted if number is not None]
    numbers = {number for _, _, number in named if type(number) is int}
    found = Suggestion.objects.filter(sweep__in={row.sweep_id for row, _, _ in named}, number__in=numbers)
    known = {(sweep, number): pk for pk, sweep, number in found.values_list("pk", "sweep_id", "number")}
    for row, place, number in named:
        if (row.sweep_id, number) not in known:
            raise damaged(place, f"refers to a suggestion that is not there: {number!r:.50}")
        row.suggestion_id = known[row.sweep_id, number]
    if any(number is None for _, _, number in wanted) and not table.model._meta.get_field("suggestion").null:
        raise damaged(table.member, "has a record without its suggestion")


def _own(work: _Import, row: Any) -> None:
    """Give a row to the project and the person; who made it elsewhere stays as a name."""
    if isinstance(row, Sweep | Run):
        work.change += 1
        row.project, row.created_by, row.change = work.project, work.user, work.change
    if isinstance(row, Sweep):
        # Shown with the project, when it is known whether the id is free.
        row.deleted_at = work.project.deleted_at
        if check_config(row.config).config is None:
            raise damaged(SWEEPS.member, f"has a sweep whose configuration cannot be used: {row.sweep_id}")
    if isinstance(row, SavedView):
        row.project, row.created_by = work.project, work.user
        if not all(isinstance(value, str) for value in row.settings.values()):
            raise damaged(VIEWS.member, f"has a view whose settings are no texts: {row.name:.50}")
    if isinstance(row, Agent):
        row.created_by = work.user
        if Agent.objects.filter(agent_id=row.agent_id).exists():
            row.agent_id = new_id()


def _remember(work: _Import, table: Table, made: list[Any], batch: list[_Read]) -> None:
    known = {SWEEPS: ("sweep_id", work.sweeps), RUNS: ("run_id", work.runs), AGENTS: ("agent_id", work.agents)}
    if table in known:
        name, pks = known[table]
        for row, (place, record, _) in zip(made, batch, strict=True):
            if record[name] in pks:
                raise damaged(place, f"has {name} {record[name]} twice")
            pks[record[name]] = row.pk


def _store_file(work: _Import, place: str, record: Record, size: int, stream: IO[bytes]) -> None:
    values = checked_fields(FILES, record, place, work.version)
    if size != values["size"]:
        raise damaged(place, "has another number of bytes than its record says")
    if record["run"] not in work.runs:
        raise damaged(place, "refers to a run that is not there")
    checked_path(values["path"])
    checked_type(values["content_type"])
    _stay_alive(work)
    run = Run.everything.select_related("project").get(pk=work.runs[record["run"]])
    with tempfile.TemporaryFile() as kept:
        if _copied(stream, kept, size, place) != values["digest"]:
            raise damaged(place, "has another SHA-256 than its record says")
        kept.seek(0)
        name = object_name(run, values["digest"])
        object_write(name, kept)
    try:
        file = RunFile.objects.create(run=run, content=name, **values)
    except IntegrityError:
        objects_remove([name])
        raise damaged(place, "has a path twice") from None
    # Django has set both to now.
    times = {name: values[name] for name in ("created_at", "updated_at")}
    RunFile.objects.filter(pk=file.pk).update(**times)


def _copied(source: IO[bytes], target: IO[bytes], size: int, place: str) -> str:
    """Copy `size` bytes and return their SHA-256 in hexadecimal digits."""
    digest = hashlib.sha256()
    while size:
        piece = read_exactly(source, min(size, PIECE), place)
        target.write(piece)
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()


@transaction.atomic
def _show(work: _Import, name: str) -> Imported:
    """Let everybody see the project at once; sweeps whose ids are in use get new ones."""
    _stay_alive(work)
    new_ids = {}
    sweeps = Sweep.everything.filter(project=work.project)
    taken = Sweep.objects.filter(sweep_id__in=sweeps.values("sweep_id")).values_list("sweep_id", flat=True)
    for sweep_id in sorted(set(taken)):
        new_ids[sweep_id] = new_id()
        sweeps.filter(sweep_id=sweep_id).update(sweep_id=new_ids[sweep_id])
    sweeps.update(deleted_at=None)
    try:
        with transaction.atomic():
            Project.everything.filter(pk=work.project.pk).update(deleted_at=None, import_until=None, cursor=work.change)
    except IntegrityError:
        raise Conflict(f"project '{name}' was made meanwhile: import under another name") from None
    project = Project.objects.select_related("entity").get(pk=work.project.pk)
    return Imported(project, len(work.runs), new_ids)
