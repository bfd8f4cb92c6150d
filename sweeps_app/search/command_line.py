"""The command that an agent runs for a configuration, as a person would type it into a shell.

What the agent itself fills in from its machine stays open: a variable of the environment is named, not read.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

DEFAULT_COMMAND = ("${env}", "${interpreter}", "${program}", "${args}")
CONFIG_FILE = "config.json"
_MACRO = re.compile(r"\$\{([^{}]*)\}")
_VARIABLE = "envvar:"


def command_line(
    command: Sequence[str], *, program: str, config: Mapping[str, Any], interpreter: str = "python"
) -> str | None:
    """Return a sweep's `command` under a run's configuration, quoted for a POSIX shell.

    Where the command asks for a file with the configuration, it is called config.json. Returns None where it names a
    parameter that the configuration lacks, or the program and there is none.
    """
    if not program and any("${program}" in element for element in command):
        return None
    values = dict(_flat(config)) | dict(config)
    texts: dict[str, Callable[[], str]] = {
        "program": lambda: program,
        "interpreter": lambda: interpreter,
        "args_json": lambda: json.dumps(config),
        "args_json_file": lambda: CONFIG_FILE,
    }
    words: list[str] = []
    for element in command:
        alone = _MACRO.fullmatch(element)
        if alone and alone[1] in _LISTS:
            words += [shlex.quote(argument) for argument in _LISTS[alone[1]](config)]
            continue
        parts = _MACRO.split(element)  # texts and names of macros in turn
        names = parts[1::2]
        if any(name not in texts and name not in values and not name.startswith(_VARIABLE) for name in names):
            return None
        words.append(_word(parts, texts, values))
    return " ".join(words)


def _word(parts: Sequence[str], texts: Mapping[str, Callable[[], str]], values: Mapping[str, Any]) -> str:
    """Return one word of the shell; a variable stands in double quotes, so that its value remains one word."""
    found, text = "", parts[0]
    for name, after in zip(parts[1::2], parts[2::2], strict=True):
        if name.startswith(_VARIABLE):
            found += (shlex.quote(text) if text else "") + f'"${{{name.removeprefix(_VARIABLE)}}}"'
            text = after
        else:
            text += (texts[name]() if name in texts else _text(values[name])) + after
    return found + (shlex.quote(text) if text or not found else "")


def _pairs(prefix: str, *, flat: bool = False) -> Callable[[Mapping[str, Any]], list[str]]:
    def arguments(config: Mapping[str, Any]) -> list[str]:
        items = _flat(config) if flat else config.items()
        return [f"{prefix}{name}={_text(value)}" for name, value in items]

    return arguments


def _no_boolean_flags(config: Mapping[str, Any]) -> list[str]:
    given = [(name, value) for name, value in config.items() if value is not False]
    return [f"--{name}" if value is True else f"--{name}={_text(value)}" for name, value in given]


_LISTS: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "env": lambda _config: ["/usr/bin/env"],
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
