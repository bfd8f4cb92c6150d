"""Checks of `metric` and `metrics`."""

from collections.abc import Mapping
from typing import Any

from sweeps_app.search.checks import check_choice, check_number, check_object, check_text
from sweeps_app.search.problems import Report, join, shown
from sweeps_app.search.suggest import Method

_KEYS = ("name", "goal", "target", "impute", "impute_while_running")
_GOALS = ("minimize", "maximize")
_IMPUTES = ("worst", "best", "latest")
_MAX_NAME = 255
_MAX_METRICS = 16


def check_metrics(report: Report, config: Mapping[str, Any], method: Method | None) -> dict[str, Any]:
    """Return the normalised `metric` or `metrics`, after checking that the method can do with what is given."""
    if "metric" in config and "metrics" in config:
        report.error("metrics", "cannot stand beside metric: keep one of the two", "conflict")
    _check_need(report, config, method)
    found: dict[str, Any] = {}
    if "metric" in config:
        found["metric"] = _metric(report, "metric", config["metric"])
    if "metrics" in config:
        found["metrics"] = _metrics(report, config["metrics"])
    return found


def _check_need(report: Report, config: Mapping[str, Any], method: Method | None) -> None:
    if "early_terminate" in config and "metric" not in config:
        report.error("metric", "is required by early_terminate, which watches it", "required")
    if method is None or not method.needs_metric:
        return
    if method.needs_metrics and "metrics" not in config:
        message = f"is required by method {shown(config['method'])}: list two or more, or choose another for one metric"
        report.error("metrics", message, "required")
    elif "metrics" in config and not method.takes_metrics:
        report.error("metrics", f"{shown(config['method'])} pursues a single metric: name it as metric", "unsupported")
    elif "metric" not in config and "metrics" not in config:
        report.error("metric", f"is required by method {shown(config['method'])}, which learns from it", "required")


def _metrics(report: Report, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) < 2:
        report.error("metrics", "must be a list of two or more metrics; name a single one as metric", "wrong_type")
        return []
    if len(value) > _MAX_METRICS:
        report.error("metrics", f"has more than {_MAX_METRICS} metrics", "too_long")
        return []
    found = [_metric(report, f"metrics[{i}]", metric) for i, metric in enumerate(value)]
    names = [metric.get("name") for metric in found]
    for i, name in enumerate(names):
        if name and name in names[:i]:
            report.error(f"metrics[{i}].name", f"{shown(name)} is named twice", "duplicate")
    return found


def _metric(report: Report, path: str, value: Any) -> dict[str, Any]:
    given = check_object(report, path, value, _KEYS)
    if given is None:
        return {}
    found: dict[str, Any] = {}
    if "name" in given:
        found["name"] = check_text(report, join(path, "name"), given["name"], shortest=1, longest=_MAX_NAME)
    else:
        report.error(join(path, "name"), "is required: the name that the script logs", "required")
    found["goal"] = check_choice(report, join(path, "goal"), given.get("goal", "minimize"), _GOALS)
    if "target" in given:
        found["target"] = check_number(report, join(path, "target"), given["target"])
    found["impute"] = check_choice(report, join(path, "impute"), given.get("impute", "worst"), _IMPUTES)
    found["impute_while_running"] = _while_running(report, path, given)
    return found


def _while_running(report: Report, path: str, given: Mapping[str, Any]) -> str | bool | None:
    value = given.get("impute_while_running", False)
    if value is False or value == "false":
        return False
    choices = ("false", *_IMPUTES)
    return check_choice(report, join(path, "impute_while_running"), value, choices)
