"""What the module's own `log`, `finish`, `config` and `summary` mean: those of the current run."""

import os
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from sweepdeck._config import config_items
from sweepdeck._context import current_run
from sweepdeck._errors import UsageError
from sweepdeck._mapping import AttributeMapping
from sweepdeck._run import Run


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, sync: object = None) -> None:
    """Add values to the current run's history; see `Run.log`. Raises `UsageError` before `init()`."""
    _run_for("log()").log(data, step, commit, sync)


def finish(exit_code: int | None = None, quiet: object = None) -> None:
    """End the current run, if there is one; see `Run.finish`."""
    run = current_run()
    if run is not None:
        run.finish(exit_code, quiet)


def save(
    glob_str: str | os.PathLike[str], base_path: str | os.PathLike[str] | None = None, policy: str = "live"
) -> list[str]:
    """Keep files with the current run; see `Run.save`. Raises `UsageError` before `init()`."""
    return _run_for("save()").save(glob_str, base_path, policy)


def mark_preempting() -> None:
    """Say that this machine is about to be taken away; see `Run.mark_preempting`.

    Raises `UsageError` before `init()`.
    """
    _run_for("mark_preempting()").mark_preempting()


def define_metric(
    name: str,
    step_metric: str | None = None,
    step_sync: bool | None = None,
    hidden: bool | None = None,
    summary: str | None = None,
    goal: str | None = None,
    overwrite: bool | None = None,
) -> None:
    """Say what the current run's summary holds of a metric; see `Run.define_metric`.

    Raises `UsageError` before `init()`.
    """
    _run_for("define_metric()").define_metric(name, step_metric, step_sync, hidden, summary, goal, overwrite)


def run_or_none() -> Run | None:
    """Return the current run."""
    return current_run()


def config_of_run() -> "AttributeMapping | Later":
    """Return the current run's config, or what stands for it until there is one."""
    run = current_run()
    return Later("config") if run is None else run.config


def summary_of_run() -> "AttributeMapping | Later":
    """Return the current run's summary, or what stands for it until there is one."""
    run = current_run()
    return Later("summary") if run is None else run.summary


def assign_config(values: Any) -> None:
    """Take `sweepdeck.config = {...}` as an update of the current run's config."""
    _run_for("assigning config").config.update(config_items(values))


class Later(MutableMapping[str, Any]):
    """Stands for the config or summary of a run that has not begun: usable from `init()` on, an error before."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __getitem__(self, key: str) -> Any:
        return self._mapping(f'["{key}"]')[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._mapping(f'["{key}"]')[key] = value

    def __delitem__(self, key: str) -> None:
        del self._mapping(f'["{key}"]')[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._mapping())

    def __len__(self) -> int:
        return len(self._mapping())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # Python and notebooks probe for such names: no other error may reach them
            raise AttributeError(name)
        return getattr(self._mapping(f".{name}"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._mapping(f".{name}"), name, value)

    def __repr__(self) -> str:
        return (
            f"<sweepdeck.{self._name}, call sweepdeck.init() first>" if current_run() is None else repr(self._mapping())
        )

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Change several values at once."""
        self._mapping(".update()").update(*args, **kwargs)

    def _mapping(self, used: str = "") -> AttributeMapping:
        found: AttributeMapping = getattr(_run_for(f"{self._name}{used}"), self._name)
        return found


def _run_for(used: str) -> Run:
    run = current_run()
    if run is None:
        raise UsageError(f"call sweepdeck.init() before {used}")
    return run
