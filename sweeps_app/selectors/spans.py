"""When the runs of a sweep were under way, and with which agent: one entry an attempt."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from sweeps_app.models import Agent, Run, RunAttempt, Sweep


class Lane(NamedTuple):
    """An agent, or a host whose runs had none; seen from `began` to `heard`, in seconds since the epoch."""

    host: str
    name: str
    began: float
    heard: float


class RunSpans(NamedTuple):
    """Attempts at runs by the time of their beginning: one entry an attempt in each column.

    `lanes` says which lane has it (int32[n], an index into `places`), `starts` and `ends` (float64[n]) are seconds
    since the epoch; one that is under way ends when it was last heard of. `attempts` counts from 1. `total` runs have
    begun, which may be more than those that are here.
    """

    ids: list[str]
    names: list[str]
    states: list[str]
    attempts: list[int]
    lanes: NDArray[np.int32]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    places: list[Lane]
    total: int


_Row = tuple[str, str, str, int, int | None, str, float, float]


def run_spans(sweep: Sweep, runs: QuerySet[Run], *, limit: int) -> RunSpans:
    """Return the attempts at the newest `limit` of some runs of a sweep, in three queries."""
    began = runs.filter(started_at__isnull=False, is_hidden=False)
    fields = ("run_id", "name", "state", "attempt", "agent_id", "host", "started_at", "finished_at", "heartbeat_at")
    found = list(began.order_by("-pk").values_list(*fields)[:limit])
    shown = {row[0] for row in found}
    rows = [*_last_attempts(found), *_earlier_attempts(sweep, shown)]
    rows.sort(key=lambda row: row[6])
    places = _places(sweep, rows)
    index = {key: i for i, key in enumerate(places)}
    return RunSpans(
        ids=[row[0] for row in rows],
        names=[row[1] or row[0] for row in rows],
        states=[row[2] for row in rows],
        attempts=[row[3] for row in rows],
        lanes=np.array([index[_key(row, places)] for row in rows], dtype=np.int32),
        starts=np.array([row[6] for row in rows], dtype=np.float64),
        ends=np.array([max(row[6], row[7]) for row in rows], dtype=np.float64),
        places=list(places.values()),
        total=len(found) if len(found) < limit else began.count(),
    )


def _last_attempts(found: Sequence[Any]) -> Iterator[_Row]:
    for run_id, name, state, attempt, agent, host, start, end, heard in found:
        yield run_id, name, state, attempt, agent, host, start.timestamp(), _seconds(end or heard or start)


def _earlier_attempts(sweep: Sweep, shown: set[str]) -> Iterator[_Row]:
    attempts = RunAttempt.objects.filter(run__sweep=sweep, run__deleted_at=None, started_at__isnull=False)
    fields = ("run__run_id", "run__name", "state", "number", "agent_id", "host", "started_at", "finished_at")
    for run_id, name, state, number, agent, host, start, end in attempts.order_by().values_list(*fields):
        if run_id in shown:
            yield run_id, name, state, number, agent, host, _seconds(start), _seconds(end)


def _places(sweep: Sweep, rows: Sequence[_Row]) -> dict[int | str, Lane]:
    """Return the agents that had runs, and the hosts of runs without one, by host and name."""
    used = {row[4] for row in rows}
    agents = Agent.objects.filter(sweep=sweep).order_by("host", "name", "pk")
    fields = ("pk", "host", "name", "agent_id", "created_at", "heartbeat_at")
    places: dict[int | str, Lane] = {
        pk: Lane(host, name or agent_id, created.timestamp(), heard.timestamp())
        for pk, host, name, agent_id, created, heard in agents.values_list(*fields)
        if pk in used
    }
    for row in rows:
        if row[4] not in places and row[5] not in places:
            places[row[5]] = Lane(row[5], row[5] or "no agent", np.inf, -np.inf)
    return dict(sorted(places.items(), key=lambda item: (item[1].host, item[1].name)))


def _key(row: _Row, places: dict[int | str, Lane]) -> int | str:
    return row[4] if row[4] is not None and row[4] in places else row[5]


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else float("nan")
