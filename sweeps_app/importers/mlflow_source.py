"""Experiments of MLflow: a folder `mlruns`, or the tables of its tracking server, read without MLflow."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
import yaml

from sweeps_app.errors import InvalidInput
from sweeps_app.importers.source import SourceRun, value_of

_STATES = {"FINISHED": "finished", "FAILED": "failed", "KILLED": "killed"}
# The numbers that the files have for RUNNING, SCHEDULED and so on.
_NUMBERED = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}


@dataclass(frozen=True)
class Point:
    """A value of a metric: its step, and when it was logged, in milliseconds since 1970."""

    name: str
    step: int
    time: int
    value: float


@dataclass(frozen=True)
class MlflowRun:
    """A run as MLflow has it; times are in milliseconds since 1970."""

    run_id: str
    name: str
    status: str
    started: int | None
    ended: int | None
    params: Mapping[str, str]
    tags: Mapping[str, str]
    points: list[Point] = field(default_factory=list)


class MlflowStore(Protocol):
    """Where experiments are read from."""

    def experiments(self) -> dict[str, str]:
        """Return the ids of the experiments that are not deleted, with their names."""

    def runs(self, experiment: str) -> Iterator[MlflowRun]:
        """Yield the runs of an experiment that are not deleted."""


def mlflow_store(address: str) -> MlflowStore:
    """Return the store at an address: a folder, `sqlite:///path`, or `postgresql://...`; raises `InvalidInput`."""
    if address.startswith("sqlite:///"):
        path = Path(address.removeprefix("sqlite:///"))
        if not path.is_file():
            raise InvalidInput.of("store", f"there is no file {path}")
        return Tables(lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True), "?")
    if address.startswith(("postgresql://", "postgres://")):
        return Tables(lambda: psycopg.connect(address, options="-c default_transaction_read_only=on"), "%s")
    folder = Path(address.removeprefix("file://"))
    if not folder.is_dir():
        raise InvalidInput.of("store", f"{address} is neither a folder nor sqlite:///PATH nor postgresql://...")
    return Folder(folder)


def mlflow_runs(store: MlflowStore, experiment: str) -> Iterator[SourceRun]:
    """Yield the runs of an experiment, each with its metrics by step."""
    return (_source(run) for run in store.runs(experiment))


class Folder:
    """The files of a folder `mlruns`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def experiments(self) -> dict[str, str]:
        """Return the ids of the experiments that are not deleted, with their names."""
        found = {path.parent.name: _yaml(path) for path in sorted(self._folder.glob("*/meta.yaml"))}
        return {key: str(meta.get("name", key)) for key, meta in found.items() if _is_active(meta)}

    def runs(self, experiment: str) -> Iterator[MlflowRun]:
        """Yield the runs of an experiment that are not deleted."""
        for path in sorted((self._folder / experiment).glob("*/meta.yaml")):
            meta = _yaml(path)
            if _is_active(meta):
                yield self._run(path.parent, meta)

    def _run(self, folder: Path, meta: Mapping[str, Any]) -> MlflowRun:
        tags = _texts(folder / "tags")
        status = meta.get("status")
        return MlflowRun(
            run_id=folder.name,
            name=str(meta.get("run_name") or tags.get("mlflow.runName", "")),
            status=_NUMBERED.get(status, str(status)) if isinstance(status, int) else str(status),
            started=meta.get("start_time"),
            ended=meta.get("end_time"),
            params=_texts(folder / "params"),
            tags=tags,
            points=[point for path in _files(folder / "metrics") for point in _points(folder / "metrics", path)],
        )


class Tables:
    """The tables of a tracking server."""

    def __init__(self, connect: Any, placeholder: str) -> None:
        self._connect, self._placeholder = connect, placeholder

    def experiments(self) -> dict[str, str]:
        """Return the ids of the experiments that are not deleted, with their names."""
        rows = self._all("SELECT experiment_id, name FROM experiments WHERE lifecycle_stage = 'active' ORDER BY 1", [])
        return {str(key): name for key, name in rows}

    def runs(self, experiment: str) -> Iterator[MlflowRun]:
        """Yield the runs of an experiment that are not deleted."""
        columns = "run_uuid, name, status, start_time, end_time"
        runs = self._all(
            f"SELECT {columns} FROM runs WHERE experiment_id = ? AND lifecycle_stage = 'active' "  # noqa: S608
            "ORDER BY start_time, run_uuid",
            [int(experiment)],
        )
        for run_id, name, status, started, ended in runs:
            tags = dict(self._all("SELECT key, value FROM tags WHERE run_uuid = ?", [run_id]))
            yield MlflowRun(
                run_id=run_id,
                name=name or tags.get("mlflow.runName", ""),
                status=status,
                started=started,
                ended=ended,
                params=dict(self._all("SELECT key, value FROM params WHERE run_uuid = ?", [run_id])),
                tags=tags,
                points=[
                    Point(key, step, time, float("nan") if is_nan else value)
                    for key, step, time, value, is_nan in self._all(
                        "SELECT key, step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ?", [run_id]
                    )
                ],
            )

    def _all(self, statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        try:
            with closing(self._connect()) as connection:
                return list(connection.execute(statement.replace("?", self._placeholder), values).fetchall())
        except (sqlite3.Error, psycopg.Error) as error:
            raise InvalidInput.of("store", f"cannot be read as the tables of MLflow: {error}") from None


def _source(run: MlflowRun) -> SourceRun:
    own = {name: value for name, value in run.tags.items() if name.startswith("mlflow.")}
    return SourceRun(
        key=run.run_id,
        name=run.name,
        state=_STATES.get(run.status, "running"),
        config={name: value_of(text) for name, text in run.params.items()},
        rows=_by_step(run.points),
        tags=tuple(f"{name}={value}" for name, value in sorted(run.tags.items()) if name not in own),
        notes=own.get("mlflow.note.content", ""),
        group=own.get("mlflow.parentRunId", ""),
        program=own.get("mlflow.source.name", ""),
        started_at=_moment(run.started),
        finished_at=_moment(run.ended),
    )


def _by_step(points: list[Point]) -> list[dict[str, Any]]:
    """Return rows of what was logged together at a step, in the order of time, so that later values come last."""
    rows: list[dict[str, Any]] = []
    for point in sorted(points, key=lambda p: (p.time, p.step, p.name)):
        if not rows or rows[-1]["_step"] != point.step or point.name in rows[-1]:
            rows.append({"_step": point.step})
        rows[-1] |= {point.name: point.value, "_timestamp": point.time / 1000}
    return rows


def _moment(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def _is_active(meta: Mapping[str, Any]) -> bool:
    return bool(meta.get("lifecycle_stage", "active") == "active")


def _yaml(path: Path) -> Mapping[str, Any]:
    try:
        found = yaml.safe_load(path.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InvalidInput.of("store", f"has a file that cannot be read: {path}: {error}") from None
    return found if isinstance(found, dict) else {}


def _files(folder: Path) -> list[Path]:
    """Return the files below a folder; names with slashes are folders."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _texts(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text(errors="replace") for path in _files(folder)}


def _points(folder: Path, path: Path) -> Iterator[Point]:
    name = str(path.relative_to(folder))
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            time, value, *step = line.split()
            yield Point(name, int(step[0]) if step else 0, int(time), float(value))
        except ValueError:
            raise InvalidInput.of("store", f"has a line that is no value: {path}, line {number}") from None
