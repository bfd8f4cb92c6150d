"""Begin a run."""

import os
import secrets
import string
from collections.abc import Mapping, Sequence
from typing import Any

from sweepdeck import _console
from sweepdeck._api import Client, path
from sweepdeck._auth import client_for_use
from sweepdeck._begin import DEFAULT_PROJECT, begin_disabled, begin_offline, begin_run
from sweepdeck._config import config_items
from sweepdeck._context import Lease, here, in_notebook, set_run
from sweepdeck._errors import ApiError, UsageError
from sweepdeck._exit import install_hooks
from sweepdeck._facts import details
from sweepdeck._interrupt import AgentsInterrupter, Interrupter
from sweepdeck._ranks import follow, own_rank
from sweepdeck._run import Run
from sweepdeck._settings import Settings
from sweepdeck._sync import send_left_behind
from sweepdeck._values import plain_or_text, storable_items
from sweepdeck._wandb_only import check_wandb_only

_ALPHABET = string.ascii_lowercase + string.digits
_RESUME = (None, False, True, "allow", "auto", "must", "never")
# A further attempt at a sweep's run goes on with its history where it was preempted, or the script says that it can.
_FROM_NOTHING = (None, False, "never")
_REINIT = (None, False, True, "default", "return_previous", "finish_previous", "create_new")
_CONSOLES = ("wrap", "off")
_MODES = ("online", "offline", "disabled")
_WANDB_ONLY = {
    "dir": None,
    "allow_val_change": ...,
    "force": ...,
    "resume_from": None,
    "fork_from": None,
    "save_code": False,
    "tensorboard": False,
    "sync_tensorboard": False,
    "monitor_gym": False,
    "settings": None,
    "anonymous": ...,
    "magic": None,
}


def init(
    project: str | None = None,
    entity: str | None = None,
    config: Any = None,
    *,
    name: str | None = None,
    id: str | None = None,  # noqa: A002 (wandb's name)
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
    reinit: bool | str | None = None,
    resume: bool | str | None = None,
    mode: str | None = None,
    console: str | None = None,
    config_include_keys: Sequence[str] | None = None,
    config_exclude_keys: Sequence[str] | None = None,
    distributed: str | None = None,
    **wandb_only: Any,
) -> Run:
    """Begin a run and make it the current one: `config`, `log()`, `summary` and `finish()` mean it from now on.

    `project` and `entity` default to SWEEPDECK_PROJECT and SWEEPDECK_ENTITY, then to "uncategorized" and your own
    entity. `config` is a dict or an object with attributes. `id` names the run: one of that id that has not ended goes
    on, unless `resume` is "never"; with "must" it has to exist. `reinit` says what becomes of a run that this thread
    has open: "return_previous" gives it back (the default in scripts), "finish_previous" ends it (the default in
    notebooks, or True), "create_new" leaves it open. `mode` defaults to SWEEPDECK_MODE, then to "online"; an "offline"
    run asks no server and is sent by `sweepdeck sync`, a "disabled" one is kept nowhere. `console` defaults to
    SWEEPDECK_CONSOLE, then to "wrap": what the program prints is recorded; with "off" it is not.
    `distributed` defaults to SWEEPDECK_DISTRIBUTED, then to "auto": of processes that torchrun, MPI or Slurm has
    started to work together, rank 0 alone has a run that is kept, and the others read its configuration; with "off"
    each has its own.

    In a function or a program that an agent runs, the run is the one that the sweep handed out: the sweep's project,
    entity and chosen values win. Where an earlier attempt at it has logged something, its history begins anew, unless
    it was preempted or `resume` is "allow", "must", "auto" or True: then it goes on, and `run.resumed` says so.

    Raises `UsageError` for arguments that cannot be followed and `CommError` where the server cannot be reached or
    refuses.
    """
    check_wandb_only("init", wandb_only, _WANDB_ONLY)
    settings = Settings.from_environment()
    mode, console = mode or settings.mode, console or settings.console
    _check_choices(reinit=reinit, resume=resume, mode=mode, console=console)
    chosen = _chosen_config(config, config_include_keys, config_exclude_keys)
    described = details(name=name, notes=notes, tags=tags, group=group, job_type=job_type)
    lease = here.lease
    if lease is not None and not lease.is_taken:
        _check_is_online(mode)
        if console == "off":
            lease.run.stop_output()
        return _take_up(lease, chosen, described, resume, project=project, entity=entity, id=id)
    rank = 0 if lease is not None else own_rank(distributed or settings.distributed)
    if settings.run_id and not rank:
        run = _begin_handed_out(settings, mode=mode, console=console)
        return _take_up(Lease(run), chosen, described, resume, project=project, entity=entity, id=id)
    if (open_run := _run_to_return(reinit)) is not None:
        open_run.config.update(chosen)
        open_run.describe(**described)
        return open_run
    body = {"project": project or settings.project, "entity": entity or settings.entity, **described}
    given = {key: value for key, value in body.items() if value}
    if rank:
        return _begin_following(rank, id or settings.run_id, given, chosen, mode)
    if mode == "online":
        run = _begin_online(id, resume, _first(id, given, chosen), console)
    else:
        run = _begin_locally(mode, _first(id, given, chosen), console)
    set_run(run)
    if id:
        run.config.update(chosen)
    else:
        run.config.remember(chosen)
    return run


def _check_choices(*, reinit: object, resume: object, mode: str, console: str) -> None:
    if reinit not in _REINIT:
        raise UsageError(f"reinit is one of {', '.join(map(str, _REINIT))}, not {reinit!r}")
    if resume not in _RESUME:
        raise UsageError(f"resume is one of {', '.join(map(str, _RESUME))}, not {resume!r}")
    if mode not in _MODES:
        raise UsageError(f"mode is one of {', '.join(_MODES)}, not {mode!r}")
    if console not in _CONSOLES:
        raise UsageError(f"console is one of {', '.join(_CONSOLES)}, not {console!r}")
    if mode == "offline" and resume in ("must", "never"):
        raise UsageError(f"resume={resume!r} needs the server, which mode='offline' does not ask")


def _chosen_config(config: Any, include: Sequence[str] | None, exclude: Sequence[str] | None) -> dict[str, Any]:
    items = config_items(config)
    kept = set(items) if include is None else set(include)
    return {key: value for key, value in items.items() if key in kept.difference(exclude or ())}


def _check_is_online(mode: str) -> None:
    if mode != "online":
        raise UsageError(f"mode={mode!r} is not for the runs of an agent, which needs the server")


def _begin_handed_out(settings: Settings, *, mode: str, console: str) -> Run:
    """Begin the run for which an agent has started this process; what the process starts gets none."""
    _check_is_online(mode)
    body = {"run_id": settings.run_id, "entity": settings.entity, "project": settings.project}
    interrupter = AgentsInterrupter(settings.agent_pid)
    try:
        client = client_for_use()
        if settings.run_attempt:
            client = client.for_attempt(settings.run_attempt)
        listens = not interrupter.is_agents
        run = begin_run(client, body, interrupter=interrupter, console=console, is_chosen=True, listens=listens)
    except ApiError as error:
        if error.is_temporary or error.status in (401, 403):
            raise
        raise UsageError(f"the run that the agent has begun cannot go on: {error}") from None
    del os.environ["SWEEPDECK_RUN_ID"]
    interrupter.arm()
    install_hooks()
    _console.say(f"run {run.name} in project {run.project}: {run.url}")
    return run


def _take_up(
    lease: Lease,
    config: dict[str, Any],
    described: dict[str, Any],
    resume: bool | str | None,
    **named: str | None,
) -> Run:
    """Hand the agent's run to the function that it runs."""
    run = lease.run
    if run.resumed and resume in _FROM_NOTHING and not (run._was_preempted and resume is None):
        run._begin_anew()
    for argument, value in named.items():
        actual = getattr(run, argument)
        if value is not None and value != actual:
            _console.warn_once(
                f"init {argument} {value}",
                f"{argument} '{value}' is ignored: the sweep's run is in {argument} '{actual}'",
            )
    lease.is_taken = True
    run.config.setdefaults(config)
    run.describe(**described)
    set_run(run)
    return run


def _run_to_return(reinit: bool | str | None) -> Run | None:
    """Return the thread's open run where `init()` is to give it back; end it where a new one takes its place."""
    run = here.run
    if run is None or run.is_over or reinit == "create_new":
        return None
    if reinit in (True, "finish_previous") or (reinit in (None, "default") and in_notebook()):
        run.finish()
        return None
    _console.warn_once(
        f"init {run.path}", f"run {run.name} is still open: init() goes on with it (finish it, or pass reinit=True)"
    )
    return run


def _begin_online(id_given: str | None, resume: bool | str | None, first: dict[str, Any], console: str) -> Run:
    client = client_for_use()
    if resume in ("must", "never"):
        _check_existence(client, id_given, first, must_exist=resume == "must")
    if resume in (True, "auto") and not id_given:
        _console.warn_once("resume auto", f"resume={resume!r} begins a run: name one that is to go on, init(id=...)")
    if id_given:
        send_left_behind(client, _place(client, first), id_given)
    interrupter = Interrupter()
    try:
        run = begin_run(client, first, interrupter=interrupter, console=console)
    except ApiError as error:
        if error.is_temporary or error.status in (401, 403):
            raise
        raise UsageError(f"the run cannot begin: {error}") from None
    interrupter.arm()
    install_hooks()
    _console.say(f"run {run.name} in project {run.project}: {run.url}")
    return run


def _begin_following(rank: int, run_id: str, body: dict[str, Any], config: dict[str, Any], mode: str) -> Run:
    """Begin what rank 0 logs, of which the id is known where an agent or the script has chosen it."""
    client = client_for_use() if run_id and mode == "online" else None
    place = ("", "") if client is None else _place(client, body)
    run = follow(rank, {"run_id": run_id or _new_id(), **body}, place, client)
    given = config if run.sweep_id is None else {key: item for key, item in config.items() if key not in run.config}
    run.config.remember(given)
    set_run(run)
    return run


def _begin_locally(mode: str, first: dict[str, Any], console: str) -> Run:
    if mode == "disabled":
        return begin_disabled(first, interrupter=Interrupter())
    run = begin_offline(first, interrupter=Interrupter(), console=console)
    install_hooks()
    _console.say(f"run {run.name} in project {run.project} is kept on this machine (mode 'offline')")
    return run


def _first(id_given: str | None, body: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """Return what begins a run. One that may exist keeps its configuration: what is given is added afterwards."""
    if id_given:
        return {"run_id": id_given, **body}
    return {"run_id": _new_id(), "config": storable_items(config, _warn_config, plain_or_text), **body}


def _place(client: Client, body: Mapping[str, Any]) -> tuple[str, str]:
    """Return the entity and the project of a run that the server puts where its body says."""
    return body.get("entity", client.entity), body.get("project", DEFAULT_PROJECT)


def _check_existence(client: Client, id_given: str | None, body: dict[str, Any], *, must_exist: bool) -> None:
    if not id_given:
        raise UsageError("resume='must' and resume='never' need the run's id: init(id=..., resume=...)")
    try:
        client.call("GET", f"/runs{path(*_place(client, body), id_given)}")
    except ApiError as error:
        if error.status != 404:
            raise
        if must_exist:
            raise UsageError(f"there is no run '{id_given}' to resume") from None
    else:
        if not must_exist:
            raise UsageError(f"run '{id_given}' exists already, and resume='never' was asked for")


def _new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def _warn_config(name: str, reason: str) -> None:
    _console.warn_once(f"config {name}", f"config '{name}' {reason}: it is left out")
