"""Checks of `command`: the macros that an agent from the command line expands."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sweeps_app.search.problems import Report, did_you_mean, shown

_PATH = "command"
_MACRO = re.compile(r"\$\{([^{}]*)\}")
_MAX_ELEMENTS = 1_000
_MAX_LENGTH = 10_000

# These stand for several arguments, or for none: they are elements of their own.
_WHOLE = (
    "env",
    "args",
    "args_no_hyphens",
    "args_no_boolean_flags",
    "args_append_hydra",
    "args_override_hydra",
)
_ANYWHERE = ("interpreter", "program", "args_json", "args_json_file")


def check_command(report: Report, config: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the normalised `command`, nothing where there is none; `parameters` is the normalised section."""
    if _PATH not in config:
        return {}
    given = config[_PATH]
    if isinstance(given, str):
        report.error(_PATH, f"must be a list of texts, one an argument, not the text {shown(given)}", "wrong_type")
        return {}
    if not isinstance(given, list) or not 1 <= len(given) <= _MAX_ELEMENTS:
        report.error(_PATH, f"must be a list of 1 to {_MAX_ELEMENTS:,} texts, not {shown(given)}", "wrong_type")
        return {}
    names = set(_names(parameters))
    found = [_element(report, f"{_PATH}[{i}]", element, names) for i, element in enumerate(given)]
    if "program" not in config and any("${program}" in element for element in found):
        report.warn(_PATH, "has ${program}, but there is no program: an agent is to name one", "no_program")
    return {_PATH: found}


def _element(report: Report, path: str, element: Any, names: set[str]) -> str:
    if isinstance(element, int | float) and not isinstance(element, bool):
        report.warn(path, f"the number {shown(element)} was read as text", "number_as_text")
        element = str(element)
    if not isinstance(element, str) or len(element) > _MAX_LENGTH:
        report.error(path, f"must be a text of at most {_MAX_LENGTH:,} characters, not {shown(element)}", "wrong_type")
        return ""
    for macro in _MACRO.findall(element):
        _check_macro(report, path, element, macro, names)
    return element


def _check_macro(report: Report, path: str, element: str, macro: str, names: set[str]) -> None:
    kind, colon, variable = macro.partition(":")
    if colon and kind == "envvar":
        if not variable:
            report.error(path, "${envvar:} names no variable: write ${envvar:NAME}", "unknown_macro")
    elif macro in _WHOLE:
        if element != f"${{{macro}}}":
            report.error(path, f"${{{macro}}} must be an element of its own, not part of {shown(element)}", "macro")
    elif macro not in _ANYWHERE and macro not in names:
        hint = did_you_mean(macro, [*_WHOLE, *_ANYWHERE, *names])
        report.error(path, f"${{{macro}}} is neither a macro nor a parameter{hint}", "unknown_macro")


def _names(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, config in parameters.items():
        if "parameters" in config:
            yield from _names(config["parameters"], f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
