"""Check a sweep's configuration: every problem at once, and the same config with all that is implied written out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sweeps_app.search.checks import check_choice, check_integer, check_keys, check_object, check_text
from sweeps_app.search.problems import Problem, Report
from sweeps_app.search.schema_command import check_command
from sweeps_app.search.schema_metric import check_metrics
from sweeps_app.search.schema_parameters import check_parameters
from sweeps_app.search.schema_retry import check_retry
from sweeps_app.search.schema_space import check_space
from sweeps_app.search.schema_stopping import check_early_terminate
from sweeps_app.search.suggest import METHODS

MAX_RUNS = 2**31 - 1
KEYS = (
    "method",
    "parameters",
    "metric",
    "metrics",
    "early_terminate",
    "program",
    "command",
    "name",
    "description",
    "project",
    "entity",
    "run_cap",
    "controller",
    "seed",
    "repeats",
    "constraints",
    "retry",
)
# What other tools write into the file, and no server needs.
_IGNORED_KEYS = ("apiVersion", "kind")
_TEXTS = {"name": 200, "description": 10_000, "program": 1_000, "project": 128, "entity": 64}


@dataclass(frozen=True)
class CheckedConfig:
    """The normalised config, None where there are problems; and what to warn about."""

    config: dict[str, Any] | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check_config(config: Any) -> CheckedConfig:
    """Check a sweep's configuration, a JSON value, and return it normalised with all problems and warnings.

    In the normalised config each parameter names its distribution and each setting that was left out has its default;
    checking it again gives the same.
    """
    report = Report()
    normalised = _checked(report, config)
    return CheckedConfig(None if report.problems else normalised, tuple(report.problems), tuple(report.warnings))


def _checked(report: Report, config: Any) -> dict[str, Any]:
    if not isinstance(config, dict):
        report.error("", "must be an object with the keys method and parameters", "wrong_type")
        return {}
    given = _without_ignored(report, config)
    check_keys(report, "", given, KEYS)
    found: dict[str, Any] = {}
    found["method"] = _method(report, given)
    found["parameters"] = check_parameters(report, given)
    for key, longest in _TEXTS.items():
        if key in given:
            found[key] = check_text(report, key, given[key], longest=longest)
    for key, low, high in (("run_cap", 1, MAX_RUNS), ("seed", 0, 2**53), ("repeats", 1, MAX_RUNS)):
        if key in given:
            found[key] = check_integer(report, key, given[key], low, high)
    if "controller" in given:
        found["controller"] = _controller(report, given["controller"])
    method = METHODS.get(found["method"])
    found |= check_metrics(report, given, method)
    found |= check_early_terminate(report, given)
    found |= check_retry(report, given)
    found |= check_command(report, given, found["parameters"])
    found |= check_space(report, given, found, method)
    return found


def _without_ignored(report: Report, config: Mapping[str, Any]) -> dict[str, Any]:
    for key in _IGNORED_KEYS:
        if key in config:
            report.warn(key, "is not needed and was left out", "ignored_key")
    return {key: value for key, value in config.items() if key not in _IGNORED_KEYS}


def _method(report: Report, config: Mapping[str, Any]) -> str:
    if "method" not in config:
        report.error("method", f"is required: choose {', '.join(METHODS)}", "required")
        return ""
    return check_choice(report, "method", config["method"], METHODS) or ""


def _controller(report: Report, value: Any) -> dict[str, str]:
    given = check_object(report, "controller", value, ("type",))
    if given is None:
        return {}
    kind = check_choice(report, "controller.type", given.get("type", "cloud"), ("cloud", "local"))
    return {"type": kind or ""}
