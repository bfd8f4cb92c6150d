"""A configuration as a person would write it: a setting a line, lists on one, without what goes without saying."""

from collections.abc import Mapping
from typing import Any

import yaml

_SAID_BY_KEYS = ("constant", "categorical", "categorical_w_probabilities", "int_uniform")
# PostgreSQL keeps no order of keys; people begin with what a sweep is, and end with its parameters.
_FIRST = ("name", "description", "program", "command", "method", "metric", "metrics", "run_cap", "early_terminate")
_LAST = ("parameters", "constraints")
_LAW = ("distribution", "value", "values", "probabilities", "min", "max", "q", "mu", "sigma", "a", "b")
_METRIC = ("name", "goal", "target")
_METRIC_DEFAULTS = {"impute": "worst", "impute_while_running": False}


def written(config: Mapping[str, Any]) -> str:
    """Return a normalised configuration as YAML; read and checked, it is the same configuration again."""
    brief = dict(config)
    if "parameters" in config:
        brief["parameters"] = _parameters(config["parameters"])
    if "metric" in config:
        brief["metric"] = _metric(config["metric"])
    if "metrics" in config:
        brief["metrics"] = [_metric(metric) for metric in config["metrics"]]
    return yaml.dump(_ordered(brief, _FIRST, _LAST), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


class _Dumper(yaml.SafeDumper):
    """Maps in blocks, lists of plain values on a line, and nothing by reference."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    is_plain = not any(isinstance(value, dict | list) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=is_plain)


def _map(dumper: yaml.SafeDumper, values: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", values, flow_style=not values)


_Dumper.add_representer(list, _list)
_Dumper.add_representer(dict, _map)


def _metric(metric: Mapping[str, Any]) -> dict[str, Any]:
    said = {k: v for k, v in metric.items() if k not in _METRIC_DEFAULTS or v != _METRIC_DEFAULTS[k]}
    return _ordered(said, _METRIC)


def _parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _parameter(config) for name, config in parameters.items()}


def _parameter(config: Mapping[str, Any]) -> dict[str, Any]:
    if "parameters" in config:
        return {**config, "parameters": _parameters(config["parameters"])}
    law = config["distribution"]
    is_said = law in _SAID_BY_KEYS or (law == "uniform" and any(isinstance(config[k], float) for k in ("min", "max")))
    return _ordered({k: v for k, v in config.items() if not (is_said and k == "distribution")}, _LAW)


def _ordered(config: Mapping[str, Any], first: tuple[str, ...], last: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the same settings: some first, some last, the rest as they come between them."""
    middle = [key for key in config if key not in first and key not in last]
    return {key: config[key] for key in (*first, *middle, *last) if key in config}
