"""Store the runs of a source; what is stored already stays as it is."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from sweeps_app.errors import InvalidInput
from sweeps_app.importers.source import SourceRun
from sweeps_app.models import Project, Run, User
from sweeps_app.models.identifiers import run_id_pattern
from sweeps_app.selectors.streams import SYSTEM
from sweeps_app.services.console import MAX_LINE, console_append
from sweeps_app.services.ingest import RowBatch, batch_append, history_append
from sweeps_app.services.projects import project_create
from sweeps_app.services.runs import RunDetails, run_finish, run_start

BATCH = 5_000
_EXIT_CODES = {"finished": 0}
_ENDED = (Run.State.FINISHED, Run.State.FAILED, Run.State.KILLED, Run.State.STOPPED_EARLY)

Item = TypeVar("Item")


@dataclass
class Loaded:
    """How many runs an import has added, continued with what was new, and found complete."""

    added: int = 0
    continued: int = 0
    known: int = 0


def runs_load(
    *, user: User, entity_name: str, project_name: str, runs: Iterable[SourceRun], count: Loaded | None = None
) -> Loaded:
    """Store runs in a project, which is made with its first run, and return what came of them.

    Doing so again adds only what is new; an import that was interrupted goes on where it was. Raises `InvalidInput`
    with the run's key for what cannot be stored, and `NotFound` for an entity that `user` does not belong to.
    """
    project: Project | None = None
    loaded = Loaded() if count is None else count
    for source in runs:
        project = project or project_create(user=user, name=project_name, entity_name=entity_name)[0]
        try:
            _load(user, project, source, loaded)
        except InvalidInput as error:
            raise InvalidInput.of(f"run '{source.key}'", error.message) from None
    return loaded


def run_id_of(key: str) -> str:
    """Return the id of the run of a key: the key itself where it can be one."""
    try:
        run_id_pattern(key)
    except ValidationError:
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return key


def rows_store(run: Run, rows: Iterable[Any], store: Callable[..., Any], stored: int) -> int:
    """Send rows to a service that skips what it has, the first of them being number 0; return how many were new."""
    offset = 0
    for batch in _batches(iter(rows)):
        if offset + len(batch) > stored:
            store(run, offset, batch)
        offset += len(batch)
    return max(offset - stored, 0)


def _load(user: User, project: Project, source: SourceRun, loaded: Loaded) -> None:
    run_id = run_id_of(source.key)
    known = Run.objects.filter(project=project, run_id=run_id).first()
    run = known if known is not None and known.state in _ENDED else _started(user, project, run_id, source)
    fresh = _store_streams(run, source)
    is_new_end = run.state not in _ENDED and source.state != "running"
    if is_new_end:
        _end(run, source)
    _keep_times(run, source)
    if known is None or known.state == Run.State.PENDING:
        loaded.added += 1
    elif fresh or is_new_end:
        loaded.continued += 1
    else:
        loaded.known += 1


def _started(user: User, project: Project, run_id: str, source: SourceRun) -> Run:
    details = RunDetails(
        name=source.name[:200] or None,
        config=dict(source.config),
        tags=[tag[:200] for tag in source.tags],
        notes=source.notes,
        group=source.group[:200],
        job_type=source.job_type[:200],
        host=source.host[:200],
        program=source.program[:1000],
    )
    run, _ = run_start(
        user=user, details=details, run_id=run_id, entity_name=project.entity.name, project_name=project.name
    )
    return run


def _store_streams(run: Run, source: SourceRun) -> int:
    lines = ([line.time, line.stream, line.text[:MAX_LINE]] for line in source.console)
    return (
        rows_store(run, source.rows, lambda r, o, b: history_append(run=r, offset=o, rows=b), run.history_rows)
        + rows_store(run, source.system, _system_append, run.system_rows)
        + rows_store(run, lines, lambda r, o, b: console_append(run=r, offset=o, lines=b), run.console_lines)
    )


def _system_append(run: Run, offset: int, rows: list[Any]) -> None:
    batch_append(run=run, batch=RowBatch(offset, rows, None), stream=SYSTEM)


def _end(run: Run, source: SourceRun) -> None:
    state = source.state
    if state == Run.State.STOPPED_EARLY:
        Run.objects.filter(pk=run.pk).update(stop_requested=True, stop_reason=Run.StopReason.RULE)
        state = Run.State.KILLED
    exit_code = source.exit_code if source.exit_code is not None else _EXIT_CODES.get(source.state, 1)
    run_finish(run=run, exit_code=exit_code, state=state, error=source.error, summary=dict(source.summary) or None)


def _keep_times(run: Run, source: SourceRun) -> None:
    """Put the times of the source in the place of those of the import."""
    times: dict[str, datetime | None] = {}
    if source.started_at is not None:
        times |= {"created_at": source.started_at, "started_at": source.started_at}
    if source.finished_at is not None and source.state != "running":
        times |= {"finished_at": source.finished_at, "heartbeat_at": source.finished_at}
    if times:
        Run.objects.filter(pk=run.pk).update(**times)


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch
