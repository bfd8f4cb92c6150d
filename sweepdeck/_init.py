"""Begin a run."""

import secrets
import string
from collections.abc import Sequence
from typing import Any

from sweepdeck import _console
from sweepdeck._api import Client, path
from sweepdeck._auth import client_for_use
from sweepdeck._config import config_items
from sweepdeck._context import Lease, here, in_notebook, set_run
from sweepdeck._errors import ApiError, UsageError
from sweepdeck._exit import install_hooks
from sweepdeck._facts import details
from sweepdeck._interrupt import Interrupter
from sweepdeck._run import Run, begin_run
from sweepdeck._settings import Settings
from sweepdeck._values import plain_or_text, storable_items
from sweepdeck._wandb_only import check_wandb_only

DEFAULT_PROJECT = "uncategorized"
_ALPHABET = string.ascii_lowercase + string.digits
_RESUME = (None, False, True, "allow", "auto", "must", "never")
_REINIT = (None, False, True, "default", "return_previous", "finish_previous", "create_new")
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
    config_include_keys: Sequence[str] | None = None,
    config_exclude_keys: Sequence[str] | None = None,
    **wandb_only: Any,
) -> Run:
    """Begin a run and make it the current one: `config`, `log()`, `summary` and `finish()` mean it from now on.

    `project` and `entity` default to SWEEPDECK_PROJECT and SWEEPDECK_ENTITY, then to "uncategorized" and your own
    entity. `config` is a dict or an object with attributes. `id` names the run: one of that id that has not ended goes
    on, unless `resume` is "never"; with "must" it has to exist. `reinit` says what becomes of a run that this thread
    has open: "return_previous" gives it back (the default in scripts), "finish_previous" ends it (the default in
    notebooks, or True), "create_new" leaves it open.

    In a function that an agent runs, the run is the one that the sweep handed out: the sweep's project, entity and
    chosen values win. Raises `UsageError` for arguments that cannot be followed and `CommError` where the server cannot
    be reached or refuses.
    """
    check_wandb_only("init", wandb_only, _WANDB_ONLY)
    _check_choices(reinit=reinit, resume=resume, mode=mode)
    chosen = _chosen_config(config, config_include_keys, config_exclude_keys)
    described = details(name=name, notes=notes, tags=tags, group=group, job_type=job_type)
    lease = here.lease
    if lease is not None and not lease.is_taken:
        return _take_up(lease, chosen, described, project=project, entity=entity, id=id)
    if (open_run := _run_to_return(reinit)) is not None:
        open_run.config.update(chosen)
        open_run.describe(**described)
        return open_run
    settings = Settings.from_environment()
    body = {"project": project or settings.project, "entity": entity or settings.entity, **described}
    return _begin(id, resume, {key: value for key, value in body.items() if value}, chosen)


def _check_choices(*, reinit: object, resume: object, mode: object) -> None:
    if reinit not in _REINIT:
        raise UsageError(f"reinit is one of {', '.join(map(str, _REINIT))}, not {reinit!r}")
    if resume not in _RESUME:
        raise UsageError(f"resume is one of {', '.join(map(str, _RESUME))}, not {resume!r}")
    if mode not in (None, "online"):
        raise UsageError(f"mode={mode!r} is not supported: runs are sent to the server as they go (mode='online')")


def _chosen_config(config: Any, include: Sequence[str] | None, exclude: Sequence[str] | None) -> dict[str, Any]:
    items = config_items(config)
    kept = set(items) if include is None else set(include)
    return {key: value for key, value in items.items() if key in kept.difference(exclude or ())}


def _take_up(
    lease: Lease,
    config: dict[str, Any],
    described: dict[str, Any],
    **named: str | None,
) -> Run:
    """Hand the agent's run to the function that it runs."""
    run = lease.run
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


def _begin(id_given: str | None, resume: bool | str | None, body: dict[str, Any], config: dict[str, Any]) -> Run:
    client = client_for_use()
    if resume in ("must", "never"):
        _check_existence(client, id_given, body, must_exist=resume == "must")
    # A run that may exist keeps its configuration: what is given is added to it afterwards.
    first = {} if id_given else {"config": storable_items(config, _warn_config, plain_or_text)}
    interrupter = Interrupter()
    try:
        run = begin_run(client, {"run_id": id_given or _new_id(), **first, **body}, interrupter=interrupter)
    except ApiError as error:
        if error.is_temporary or error.status in (401, 403):
            raise
        raise UsageError(f"the run cannot begin: {error}") from None
    interrupter.arm()
    install_hooks()
    set_run(run)
    if id_given:
        run.config.update(config)
    else:
        run.config.remember(config)
    _console.say(f"run {run.name} in project {run.project}: {run.url}")
    return run


def _check_existence(client: Client, id_given: str | None, body: dict[str, Any], *, must_exist: bool) -> None:
    if not id_given:
        raise UsageError("resume='must' and resume='never' need the run's id: init(id=..., resume=...)")
    place = path(body.get("entity", client.entity), body.get("project", DEFAULT_PROJECT), id_given)
    try:
        client.call("GET", f"/runs{place}")
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
