"""Begin a run on the server, in a spool alone, or nowhere."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sweepdeck._api import Client
from sweepdeck._interrupt import Interrupter
from sweepdeck._machine import host_name, program_name
from sweepdeck._run import Run
from sweepdeck._spool.spool import NoSpool, Spool
from sweepdeck._spool.stream import KINDS

BEGIN_SECONDS = 60.0
DEFAULT_PROJECT = "uncategorized"


def begin_run(
    client: Client,
    body: Mapping[str, Any],
    *,
    interrupter: Interrupter,
    console: str,
    is_chosen: bool = False,
    listens: bool = True,
    seconds: float | None = BEGIN_SECONDS,
) -> Run:
    """Start a run on the server, trying for `seconds` (None: without end), and return it.

    `body` is what `POST /runs` takes, the run's id included so that it can be sent again; host and program are added.
    With `is_chosen` the configuration that the server has is a sweep's choice and cannot be changed. Without `listens`
    somebody else hears of it when the run is to stop.
    """
    whole = {**whereabouts(), **body}
    data = client.call("POST", "/runs", whole, seconds=seconds)
    spool = Spool.begin(_meta(data, whole, mode="online", server=client.base_url))
    return Run(
        data,
        spool,
        interrupter=interrupter,
        client=client,
        is_chosen=is_chosen,
        console=console,
        listens=listens,
    )


def take_up_run(client: Client, data: Mapping[str, Any], *, interrupter: Interrupter, console: str) -> Run:
    """Return a run that the server has handed out and started, by its answer."""
    place = {name: data[name] for name in ("run_id", "entity", "project")}
    spool = Spool.begin(_meta(data, place, mode="online", server=client.base_url))
    return Run(data, spool, interrupter=interrupter, client=client, is_leased=True, is_chosen=True, console=console)


def begin_offline(body: Mapping[str, Any], *, interrupter: Interrupter, console: str) -> Run:
    """Begin a run that no server knows yet: `sweepdeck sync` will send it."""
    data, whole = _local(body), {**whereabouts(), "started_at": datetime.now(UTC).isoformat(), **body}
    spool = Spool.begin(_meta(data, whole, mode="offline", server=""), must_last=True)
    spool.block()  # nobody makes room
    return Run(data, spool, interrupter=interrupter, console=console)


def begin_disabled(body: Mapping[str, Any], *, interrupter: Interrupter) -> Run:
    """Begin a run that works for the script and is kept nowhere."""
    return Run(_local(body), NoSpool(), interrupter=interrupter)


def whereabouts() -> dict[str, Any]:
    """Return where this process runs, as the server is told."""
    return {"host": host_name(), "program": program_name()}


def _meta(data: Mapping[str, Any], begin: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    facts = {name: data[name] for name in ("run_id", "name", "entity", "project", "attempt")}
    counts = {kind.base: data.get(kind.counter, 0) for kind in KINDS}
    return facts | counts | more | {"begin": dict(begin)}


def _local(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run as the server would, as far as it is known without one."""
    data: dict[str, Any] = dict.fromkeys(("entity", "notes", "group", "job_type", "url"), "")
    data |= {"project": DEFAULT_PROJECT, "name": body["run_id"], "config": {}, "tags": [], "sweep": None}
    return {**data, "history_rows": 0, "last_step": None, "attempt": 1, **body}
