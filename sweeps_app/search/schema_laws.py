"""Checks of one parameter's law: which distribution it is, and whether its numbers make one."""

import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

from sweeps_app.search.checks import check_above, check_integer, check_number, number_in_text
from sweeps_app.search.distributions import DISTRIBUTIONS
from sweeps_app.search.law import MAX_INTEGER
from sweeps_app.search.problems import Report, did_you_mean, join, listed, shown

_BOUNDS = ("min", "max")
_DEFAULTS: dict[str, float] = {"q": 1, "mu": 0, "sigma": 1, "a": 1, "b": 1}

# distribution -> the keys that it needs; of these, those in _DEFAULTS may be left out
_KEYS: dict[str, tuple[str, ...]] = {
    "constant": ("value",),
    "categorical": ("values",),
    "categorical_w_probabilities": ("values", "probabilities"),
    "int_uniform": _BOUNDS,
    "uniform": _BOUNDS,
    "q_uniform": (*_BOUNDS, "q"),
    "log_uniform": _BOUNDS,
    "log_uniform_values": _BOUNDS,
    "q_log_uniform": (*_BOUNDS, "q"),
    "q_log_uniform_values": (*_BOUNDS, "q"),
    "inv_log_uniform": _BOUNDS,
    "inv_log_uniform_values": _BOUNDS,
    "normal": ("mu", "sigma"),
    "q_normal": ("mu", "sigma", "q"),
    "log_normal": ("mu", "sigma"),
    "q_log_normal": ("mu", "sigma", "q"),
    "beta": ("a", "b"),
    "q_beta": ("a", "b", "q"),
}
_ALL_KEYS = ("value", "values", "probabilities", "min", "max", "q", "mu", "sigma", "a", "b")
_KNOWN = (*_ALL_KEYS, "distribution", "parameters", "when")
_DEPRECATED = {name: f"{name}_values" for name in ("log_uniform", "q_log_uniform", "inv_log_uniform")}
# Where a law is computed to see that its numbers are not too extreme; the ends are the most extreme draws.
_PROBES = (2.0**-53, 0.25, 0.5, 0.75, 1.0)


def law_keys() -> dict[str, tuple[str, ...]]:
    """Return the keys that each distribution takes, in the order in which people write them."""
    return dict(_KEYS)


def check_law(report: Report, path: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a parameter's normalised config without its `when`, or None after reporting what is wrong."""
    before = len(report.problems)
    name = _distribution(report, path, given)
    if name is None:
        return None
    _check_known(report, path, name, given)
    found: dict[str, Any] = {"distribution": name}
    for key in _KEYS[name]:
        if key in given:
            found[key] = _field(report, join(path, key), name, key, given[key])
        elif key in _DEFAULTS:
            found[key] = _DEFAULTS[key]
        else:
            report.error(join(path, key), f"is required by {_with_article(name, given)}", "required")
    if len(report.problems) == before:
        _check_together(report, path, found)
    return found if len(report.problems) == before else None


def check_category(report: Report, path: str, value: Any) -> Any:
    """Return a value as it is, but a text such as "1e-5" as its number, with a warning."""
    return value if number_in_text(value) is None else check_number(report, path, value)


def _distribution(report: Report, path: str, given: Mapping[str, Any]) -> str | None:
    """Return the name of the distribution, given or implied, or None after reporting why there is none."""
    if "distribution" in given:
        name = given["distribution"]
        if isinstance(name, str) and name in DISTRIBUTIONS:
            return name
        hint = did_you_mean(name, DISTRIBUTIONS) or f"; known are {', '.join(DISTRIBUTIONS)}"
        report.error(join(path, "distribution"), f"{shown(name)} is no distribution{hint}", "invalid_choice")
        return None
    if "value" in given and "values" in given:
        report.error(path, "has both value and values: keep value for a constant, values for a choice", "conflict")
        return None
    if "probabilities" in given:
        return "categorical_w_probabilities"
    if "values" in given or "value" in given:
        return "categorical" if "values" in given else "constant"
    if "min" in given or "max" in given:
        return "int_uniform" if all(_is_integer(given.get(key, 0)) for key in _BOUNDS) else "uniform"
    _report_nothing(report, path, given)
    return None


def _report_nothing(report: Report, path: str, given: Mapping[str, Any]) -> None:
    """Report that no distribution is named nor implied, by the key that comes nearest to one."""
    for key in given:
        if key in _ALL_KEYS:
            takers = [name for name, keys in _KEYS.items() if key in keys]
            report.error(join(path, key), f"needs a distribution that takes it: {listed(takers)}", "no_distribution")
        else:
            report.error(join(path, key), f"unknown key {shown(key)}{did_you_mean(key, _KNOWN)}", "unknown_key")
    if not given:
        report.error(path, "needs value, values, min and max, distribution, or parameters", "required")


def _check_known(report: Report, path: str, name: str, given: Mapping[str, Any]) -> None:
    for key in given:
        if key in _KEYS[name] or key == "distribution":
            continue
        if key not in _ALL_KEYS:
            hint = did_you_mean(key, _KNOWN) or f"; {name} takes {', '.join(_KEYS[name])}"
            report.error(join(path, key), f"unknown key {shown(key)}{hint}", "unknown_key")
            continue
        quantised = f"q_{name}"
        fix = f": write distribution: {quantised}" if key == "q" and quantised in _KEYS else ""
        if name == "categorical" and key == "probabilities":
            fix = ": write distribution: categorical_w_probabilities, or leave the distribution out"
        message = f"does not belong to {name}, which takes {', '.join(_KEYS[name])}{fix}"
        report.error(join(path, key), message, "conflict")


def _with_article(name: str, given: Mapping[str, Any]) -> str:
    other = next((key for key in _BOUNDS if key in given), None)
    return f"{name}, beside {other}" if other and name.endswith(("uniform", "uniform_values")) else name


def _field(report: Report, path: str, name: str, key: str, value: Any) -> Any:
    if key in _BOUNDS and name == "int_uniform":
        return check_integer(report, path, value, -MAX_INTEGER, MAX_INTEGER)
    if key == "min" and name.endswith("_values"):
        return check_above(report, path, value, 0)
    return _FIELDS[key](report, path, value)


def _values(report: Report, path: str, value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        report.error(path, f"must be a list of at least one value, not {shown(value)}", "wrong_type")
        return []
    return [check_category(report, f"{path}[{i}]", v) for i, v in enumerate(value)]


def _probabilities(report: Report, path: str, value: Any) -> list[float | None]:
    if not isinstance(value, list) or not value:
        report.error(path, f"must be a list of numbers, not {shown(value)}", "wrong_type")
        return []
    return [check_above(report, f"{path}[{i}]", v, 0, inclusive=True) for i, v in enumerate(value)]


def _positive(report: Report, path: str, value: Any) -> float | None:
    return check_above(report, path, value, 0)


def _not_negative(report: Report, path: str, value: Any) -> float | None:
    return check_above(report, path, value, 0, inclusive=True)


_FIELDS: dict[str, Callable[[Report, str, Any], Any]] = {
    "value": check_category,
    "values": _values,
    "probabilities": _probabilities,
    "min": check_number,
    "max": check_number,
    "mu": check_number,
    "sigma": _not_negative,
    "q": _positive,
    "a": _positive,
    "b": _positive,
}


def _check_together(report: Report, path: str, found: Mapping[str, Any]) -> None:
    name = found["distribution"]
    if "probabilities" in found:
        _check_probabilities(report, path, found)
    if "min" in found and found["min"] >= found["max"]:
        message = f"must be less than max: {shown(found['min'])} is not less than {shown(found['max'])}"
        report.error(join(path, "min"), message, "min_not_less_than_max")
    elif _KEYS[name][0] not in ("value", "values") and not _is_computable(found):
        report.error(path, f"has numbers too extreme for {name}: its values cannot be computed", "too_extreme")
    elif name in _DEPRECATED:
        _warn_of_exponents(report, path, found)


def _check_probabilities(report: Report, path: str, found: Mapping[str, Any]) -> None:
    values, probabilities = found["values"], found["probabilities"]
    if len(values) != len(probabilities):
        message = f"has {len(probabilities)} entries for {len(values)} values: give one a value"
        report.error(join(path, "probabilities"), message, "wrong_length")
    elif not math.isclose(total := math.fsum(probabilities), 1.0, rel_tol=1e-8):
        report.error(join(path, "probabilities"), f"must sum to 1, not {total:.10g}", "wrong_sum")


def _is_computable(found: Mapping[str, Any]) -> bool:
    if "min" in found and not math.isfinite(float(found["max"]) - float(found["min"])):
        return False
    law = DISTRIBUTIONS[found["distribution"]].from_config(found)
    # Beyond 2**53 steps a float cannot tell one multiple of q from the next.
    limit = float(MAX_INTEGER) * found["q"] if "q" in found else sys.float_info.max
    try:
        return all(abs(law.quantile(u)) <= limit for u in _PROBES)
    except (ArithmeticError, ValueError):
        return False


def _warn_of_exponents(report: Report, path: str, found: Mapping[str, Any]) -> None:
    name = found["distribution"]
    low, high = math.exp(found["min"]), math.exp(found["max"])
    message = (
        f"{name} takes exponents of e and is deprecated: write {_DEPRECATED[name]} with min: {low:g}, max: {high:g}"
    )
    report.warn(join(path, "distribution"), message, "deprecated")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
