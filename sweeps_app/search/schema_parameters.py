"""Checks of `parameters`: what each one is, written out, and the conditions between them."""

import re
from collections.abc import Mapping
from typing import Any

from sweeps_app.search.problems import Report, join, shown
from sweeps_app.search.schema_laws import check_category, check_law

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_MAX_NAME = 255
_MAX_PARAMETERS = 20_000


def check_parameters(report: Report, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the normalised `parameters`: those without problems of their own, each with its distribution."""
    if "parameters" not in config:
        report.error("parameters", "is required: an object with at least one parameter", "required")
        return {}
    return _group(report, "parameters", config["parameters"])


def _group(report: Report, path: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        report.error(path, f"must be an object with at least one parameter, not {shown(value)}", "wrong_type")
        return {}
    if len(value) > _MAX_PARAMETERS:
        report.error(path, f"has more than {_MAX_PARAMETERS:,} parameters", "too_long")
        return {}
    found = {}
    for name, given in value.items():
        if _check_name(report, path, name) and (parameter := _parameter(report, join(path, name), given)):
            found[name] = parameter
    return found


def _check_name(report: Report, path: str, name: str) -> bool:
    if _NAME.fullmatch(name) and len(name) <= _MAX_NAME:
        return True
    report.error(
        join(path, name),
        f"{shown(name)} is no name of a parameter: up to {_MAX_NAME} letters, digits, _ . and -, a letter or _ first",
        "invalid_name",
    )
    return False


def _parameter(report: Report, path: str, given: Any) -> dict[str, Any] | None:
    if not isinstance(given, dict):
        fix = f"write {{values: {shown(given)}}}" if isinstance(given, list) else f"write {{value: {shown(given)}}}"
        report.error(path, f"must be an object, not {shown(given)}: {fix}", "wrong_type")
        return None
    own = {key: value for key, value in given.items() if key != "when"}
    found = _nested(report, path, own) if "parameters" in own else check_law(report, path, own)
    if found is not None and "when" in given:
        found["when"] = _when(report, join(path, "when"), given["when"])
    return found


def _nested(report: Report, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
    for key in given:
        if key != "parameters":
            report.error(join(path, key), "cannot stand beside parameters: a group has parameters and when", "conflict")
    return {"parameters": _group(report, join(path, "parameters"), given["parameters"])}


def _when(report: Report, path: str, given: Any) -> dict[str, list[Any]]:
    """Return the well-formed conditions; whether they fit the other parameters is checked on the whole space."""
    if not isinstance(given, dict) or not given:
        report.error(path, f"must be an object of the form {{other: [values]}}, not {shown(given)}", "wrong_type")
        return {}
    found = {}
    for other, values in given.items():
        if isinstance(values, list) and values:
            found[other] = [
                check_category(report, f"{join(path, other)}[{i}]", value) for i, value in enumerate(values)
            ]
        else:
            report.error(join(path, other), f"must be a list of values, not {shown(values)}", "wrong_type")
    return found
