"""The macros of a sweep's `command`."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sweepdeck._errors import UsageError

DEFAULT_COMMAND = ("${env}", "${interpreter}", "${program}", "${args}")
_MACRO = re.compile(r"\$\{([^{}]*)\}")
_VARIABLE = "envvar:"


def check_variables(command: Sequence[str]) -> None:
    """Raise `UsageError` for an environment variable that is not set here; the rest was checked with the sweep."""
    for element in command:
        for name in _MACRO.findall(element):
            if name.startswith(_VARIABLE):
                _variable(name)


def expanded(command: Sequence[str], *, program: str, config: Mapping[str, Any], json_file: Path) -> list[str]:
    """Return the arguments that `command` stands for under a run's configuration.

    `json_file` is written where the command asks for a file. Raises `UsageError` for what cannot be expanded, such as
    a parameter that this run does not have.
    """

    def of_this_machine(name: str) -> str | None:
        if name == "program":
            return program
        if name == "args_json_file":
            json_file.write_text(json.dumps(config))
            return str(json_file)
        if name == "interpreter":
            return sys.executable or "python"
        return _variable(name) if name.startswith(_VARIABLE) else None

    return _arguments(command, config, of_this_machine)


def previewed(command: Sequence[str], *, program: str, config: Mapping[str, Any]) -> list[str]:
    """Return what `expanded` would on some other machine: what depends on that machine has its usual name.

    `${envvar:NAME}` stays as it is. Raises `UsageError` for a parameter that the configuration does not have.
    """
    usual = {"program": program or "${program}", "args_json_file": "config.json", "interpreter": "python"}
    return _arguments(command, config, lambda name: f"${{{name}}}" if name.startswith(_VARIABLE) else usual.get(name))


def _arguments(command: Sequence[str], config: Mapping[str, Any], of_machine: Callable[[str], str | None]) -> list[str]:
    values = dict(_flat(config)) | dict(config)

    def text_of(match: re.Match[str]) -> str:
        name = match[1]
        found = of_machine(name)
        if found is not None:
            return found
        if name == "args_json":
            return json.dumps(config)
        if name not in values:
            raise UsageError(f"command: '{match.string}': this run has no parameter '{name}'")
        return _text(values[name])

    arguments: list[str] = []
    for element in command:
        alone = _MACRO.fullmatch(element)
        if alone and alone[1] in _LISTS:
            arguments += _LISTS[alone[1]](config)
        else:
            arguments.append(_MACRO.sub(text_of, element))
    return arguments


def _env(_config: Mapping[str, Any]) -> list[str]:
    return [] if os.name == "nt" else ["/usr/bin/env"]


def _no_boolean_flags(config: Mapping[str, Any]) -> list[str]:
    given = [(name, value) for name, value in config.items() if value is not False]
    return [f"--{name}" if value is True else f"--{name}={_text(value)}" for name, value in given]


def _pairs(prefix: str, *, flat: bool = False) -> Callable[[Mapping[str, Any]], list[str]]:
    def arguments(config: Mapping[str, Any]) -> list[str]:
        items = _flat(config) if flat else config.items()
        return [f"{prefix}{name}={_text(value)}" for name, value in items]

    return arguments


_LISTS: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "env": _env,
    "args": _pairs("--"),
    "args_no_hyphens": _pairs(""),
    "args_no_boolean_flags": _no_boolean_flags,
    "args_append_hydra": _pairs("+", flat=True),
    "args_override_hydra": _pairs("++", flat=True),
}


def _flat(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, Mapping | list) else str(value)


def _variable(macro: str) -> str:
    name = macro.removeprefix(_VARIABLE)
    if name not in os.environ:
        raise UsageError(f"command: ${{{macro}}}: the environment variable {name} is not set")
    return os.environ[name]
