"""A space around some runs, as the best ones: the same laws, cut a little wider than what these runs had."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sweeps_app.search.distributions import json_key
from sweeps_app.search.law import is_number
from sweeps_app.search.narrowing import pruned
from sweeps_app.search.parameters import Parameter, parameters_from_config

PADDING = 0.1  # of the width that the runs span, added at either end


def around(parameters: Mapping[str, Any], configs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a normalised `parameters` section cut to the values that the runs' `configs` have.

    Bounds move to the least and greatest value, a tenth of the width between them further out (measured by the law's
    own cumulative probability, so that a logarithmic law is cut on its logarithm), never beyond the old ones. Of
    categories those remain that a run had; a single value becomes a constant. Normal laws take the mean and deviation
    of the values. What no run has, and beta laws, stay. Conditions keep the values that are left; without one, the
    parameter is left out, as it can never be present.
    """
    laws = {parameter.path: parameter for parameter in parameters_from_config(parameters)}
    return pruned(_group(parameters, (), laws, configs))


def _group(
    parameters: Mapping[str, Any],
    scope: tuple[str, ...],
    laws: Mapping[tuple[str, ...], Parameter],
    configs: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, config in parameters.items():
        path = (*scope, name)
        if "parameters" in config:
            found[name] = {**config, "parameters": _group(config["parameters"], path, laws, configs)}
            continue
        values = [value for value in (_at(run, path) for run in configs) if value is not None]
        kept = {"when": config["when"]} if "when" in config else {}
        found[name] = _cut(config, laws[path], values) | kept
    return found


def _at(config: Any, path: Sequence[str]) -> Any:
    for key in path:
        config = config.get(key) if isinstance(config, Mapping) else None
    return config


def _cut(config: Mapping[str, Any], parameter: Parameter, values: Sequence[Any]) -> dict[str, Any]:
    inside = [value for value in values if parameter.distribution.contains(value)]
    if not inside:
        return dict(config)
    if parameter.kind != "number":
        return _categories(config, inside)
    numbers = sorted(float(value) for value in inside if is_number(value))
    if "sigma" in config:
        return _normal(config, numbers, parameter)
    if "min" not in config:
        return dict(config)
    return _bounds(config, parameter, inside)


def _categories(config: Mapping[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    if "values" not in config:
        return dict(config)
    had = {json_key(value) for value in values}
    kept = [i for i, value in enumerate(config["values"]) if json_key(value) in had]
    left = [config["values"][i] for i in kept]
    if len(left) == 1:
        return {"distribution": "constant", "value": left[0]}
    if "probabilities" not in config:
        return {**config, "values": left}
    shares = [config["probabilities"][i] for i in kept]
    return {**config, "values": left, "probabilities": [share / math.fsum(shares) for share in shares]}


def _normal(config: Mapping[str, Any], numbers: Sequence[float], parameter: Parameter) -> dict[str, Any]:
    found = np.array(numbers)
    if parameter.is_log:
        found = np.log(found[found > 0])
    if len(found) < 2 or not (deviation := float(found.std(ddof=1))) > 0:
        return dict(config)
    mu, sigma = _rounded(float(found.mean()), deviation), _rounded(deviation, deviation)
    return {**config, "mu": mu, "sigma": min(sigma, config["sigma"])}


def _bounds(config: Mapping[str, Any], parameter: Parameter, values: Sequence[Any]) -> dict[str, Any]:
    law = parameter.distribution
    low, high = min(values), max(values)
    if low == high:
        return {"distribution": "constant", "value": low}
    first, last = sorted((law.cdf(low), law.cdf(high)))
    pad = (last - first) * PADDING
    at_zero, at_one = ("max", "min") if parameter.law.startswith("inv_") else ("min", "max")
    ends = {at_zero: config[at_zero], at_one: config[at_one]}
    if first - pad > 0:
        ends[at_zero] = _bound(parameter, law.quantile(first - pad))
    if last + pad < 1:
        ends[at_one] = _bound(parameter, law.quantile(last + pad))
    if not law.is_discrete:
        width = ends["max"] - ends["min"]
        ends = {key: _rounded(end, width) if end != config[key] else end for key, end in ends.items()}
    return {**config, "min": max(ends["min"], config["min"]), "max": min(ends["max"], config["max"])}


def _bound(parameter: Parameter, value: Any) -> Any:
    """Return a value as a bound of the law: as its exponent where the law takes exponents of e."""
    takes_exponents = parameter.law in ("log_uniform", "q_log_uniform", "inv_log_uniform")
    return math.log(value) if takes_exponents else value


def _rounded(value: float, width: float) -> float:
    """Return a number with as few digits, three at the least, as move it by at most a hundredth of `width`."""
    for digits in range(3, 17):
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= width / 100:
            return rounded
    return value
