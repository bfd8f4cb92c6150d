"""Client of Sweepdeck: `import sweepdeck as wandb` and go on as before.

    sweepdeck.login()
    sweep_id = sweepdeck.sweep({"method": "random", "parameters": {...}}, project="demo")
    sweepdeck.agent(sweep_id, function=main, count=10)

Nothing is imported before it is used: the server reads the version from here without the HTTP client, and a training
script pays for what it calls. docs/sdk.md describes every function.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sweepdeck._version import __version__

if TYPE_CHECKING:
    from sweepdeck._agent import agent
    from sweepdeck._auth import login
    from sweepdeck._config import Config
    from sweepdeck._control.controller import Controller, controller
    from sweepdeck._control.known import KnownRun
    from sweepdeck._current import define_metric, finish, log, mark_preempting, save
    from sweepdeck._errors import ApiError, AuthenticationError, CommError, Error, UsageError
    from sweepdeck._init import init
    from sweepdeck._media.data import Histogram, Table
    from sweepdeck._media.image import Image
    from sweepdeck._run import Run
    from sweepdeck._summary import Summary
    from sweepdeck._sweep import sweep

    config: Config
    summary: Summary
    run: Run | None

__all__ = [
    "ApiError",
    "AuthenticationError",
    "CommError",
    "Config",
    "Controller",
    "Error",
    "Histogram",
    "Image",
    "KnownRun",
    "Run",
    "Summary",
    "Table",
    "UsageError",
    "__version__",
    "agent",
    "config",
    "controller",
    "define_metric",
    "finish",
    "init",
    "log",
    "login",
    "mark_preempting",
    "run",
    "save",
    "summary",
    "sweep",
]

_HOMES = {
    "ApiError": "_errors",
    "AuthenticationError": "_errors",
    "CommError": "_errors",
    "Config": "_config",
    "Controller": "_control.controller",
    "Error": "_errors",
    "Histogram": "_media.data",
    "Image": "_media.image",
    "KnownRun": "_control.known",
    "Run": "_run",
    "Summary": "_summary",
    "Table": "_media.data",
    "UsageError": "_errors",
    "agent": "_agent",
    "controller": "_control.controller",
    "define_metric": "_current",
    "finish": "_current",
    "init": "_init",
    "log": "_current",
    "login": "_auth",
    "mark_preempting": "_current",
    "save": "_current",
    "sweep": "_sweep",
}


class _Module(ModuleType):
    """Gives the module attributes that follow the current run."""

    @property
    def config(self) -> Any:
        """The current run's config."""
        return import_module("sweepdeck._current").config_of_run()

    @config.setter
    def config(self, values: Any) -> None:
        import_module("sweepdeck._current").assign_config(values)

    @property
    def summary(self) -> Any:
        """The current run's summary."""
        return import_module("sweepdeck._current").summary_of_run()

    @property
    def run(self) -> Any:
        """The current run, or None."""
        return import_module("sweepdeck._current").run_or_none()


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import what `name` needs, at its first use."""
        if name in _HOMES:
            value = getattr(import_module(f"sweepdeck.{_HOMES[name]}"), name)
            globals()[name] = value
            return value
        raise AttributeError(import_module("sweepdeck._missing").missing("the module", name, __all__))


def __dir__() -> list[str]:
    return sorted(__all__)


sys.modules[__name__].__class__ = _Module
