"""Checks of `early_terminate`."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from sweeps_app.search.checks import check_above, check_choice, check_integer, check_object
from sweeps_app.search.problems import Report, join, listed, shown

_PATH = "early_terminate"


def rule_keys() -> dict[str, tuple[str, ...]]:
    """Return the settings that each stopping rule takes."""
    return {name: keys for name, (keys, _) in _RULES.items()}


def check_early_terminate(report: Report, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the normalised `early_terminate` with the defaults of its type, nothing where there is none."""
    if _PATH not in config:
        return {}
    given = config[_PATH]
    if not isinstance(given, dict):
        report.error(_PATH, f"must be an object with the key type, not {shown(given)}", "wrong_type")
        return {}
    if "type" not in given:
        report.error(join(_PATH, "type"), f"is required: {listed(_RULES)}", "required")
        return {}
    kind = check_choice(report, join(_PATH, "type"), given["type"], _RULES)
    if kind is None:
        return {}
    keys, check = _RULES[kind]
    check_object(report, _PATH, given, ("type", *keys))
    return {_PATH: {"type": kind, **check(report, given)}}


def _hyperband(report: Report, given: Mapping[str, Any]) -> dict[str, Any]:
    if "max_iter" not in given and "min_iter" not in given:
        report.error(_PATH, "needs min_iter, or max_iter and s", "required")
        return {}
    found = _iterations(report, given, "max_iter", "s", "min_iter")
    if "max_iter" in given and "s" not in given:
        report.error(join(_PATH, "s"), "is required beside max_iter: the number of bands", "required")
    if "max_iter" in given and "min_iter" in given:
        report.warn(join(_PATH, "min_iter"), "is not used: max_iter decides the bands", "ignored_key")
    elif "s" in given and "max_iter" not in given:
        report.warn(join(_PATH, "s"), "is not used without max_iter", "ignored_key")
    found |= _eta(report, given) | _flag(report, given, "strict", default=True)
    _check_bands(report, found)
    return found


def _check_bands(report: Report, found: Mapping[str, Any]) -> None:
    max_iter, s, eta = found.get("max_iter"), found.get("s"), found["eta"]
    if max_iter is not None and s is not None and eta is not None and max_iter / eta < 1:
        report.error(
            join(_PATH, "max_iter"), f"must be at least eta ({eta:g}), not {max_iter}: else there is no band", "no_band"
        )


def _asha(report: Report, given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"min_iter": 1} | _iterations(report, given, "min_iter", "max_iter")
    if None not in found.values() and found["min_iter"] >= found.get("max_iter", math.inf):
        message = f"must be greater than min_iter ({found['min_iter']}): else there is no band"
        report.error(join(_PATH, "max_iter"), message, "no_band")
    return found | _eta(report, given)


def _median(report: Report, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"min_iter": 1, "min_runs": 3} | _iterations(report, given, "min_iter", "min_runs")


def _patience(report: Report, given: Mapping[str, Any]) -> dict[str, Any]:
    if "patience" not in given:
        report.error(join(_PATH, "patience"), "is required: logged values without an improvement", "required")
    delta = check_above(report, join(_PATH, "min_delta"), given.get("min_delta", 0), 0, inclusive=True)
    return {"min_iter": 1} | _iterations(report, given, "patience", "min_iter") | {"min_delta": delta}


def _iterations(report: Report, given: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return those of `keys` that are given, as integers from 1: numbers of logged values, or of bands."""
    return {key: check_integer(report, join(_PATH, key), _whole(given[key]), 1) for key in keys if key in given}


def _whole(value: Any) -> Any:
    """Return a float such as 27.0, which JSON does not tell from 27, as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _eta(report: Report, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"eta": check_above(report, join(_PATH, "eta"), given.get("eta", 3), 1)}


def _flag(report: Report, given: Mapping[str, Any], key: str, *, default: bool) -> dict[str, Any]:
    value = given.get(key, default)
    if not isinstance(value, bool):
        report.error(join(_PATH, key), f"must be true or false, not {shown(value)}", "wrong_type")
    return {key: value}


_Check = Callable[[Report, Mapping[str, Any]], dict[str, Any]]
_RULES: dict[str, tuple[tuple[str, ...], _Check]] = {
    "hyperband": (("min_iter", "max_iter", "s", "eta", "strict"), _hyperband),
    "asha": (("min_iter", "max_iter", "eta"), _asha),
    "median": (("min_iter", "min_runs"), _median),
    "patience": (("patience", "min_delta", "min_iter"), _patience),
}
