"""A sweep's configuration narrowed to a part of its space, as to what somebody has selected in a chart."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sweeps_app.search.constraints import parse_constraint
from sweeps_app.search.distributions import DISTRIBUTIONS
from sweeps_app.search.law import is_number, json_key
from sweeps_app.search.parameters import resolve

# Laws over exponents of e, and what replaces laws that a pair of bounds cannot narrow.
_EXPONENTS = ("log_uniform", "q_log_uniform", "inv_log_uniform")
_BOUNDED = {
    "normal": "uniform",
    "q_normal": "q_uniform",
    "log_normal": "log_uniform_values",
    "q_log_normal": "q_log_uniform_values",
    "beta": "uniform",
    "q_beta": "q_uniform",
}

Config = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which values of a parameter are wanted: those in `spans` (ends included, None is an open end), or some `values`.

    `seen` are the values that runs of the part have; they count where neither of the others is given, and stand in
    for an open end of a law without bounds.
    """

    spans: tuple[tuple[float | None, float | None], ...] = ()
    values: tuple[Any, ...] = ()
    seen: tuple[Any, ...] = ()


def narrowed(config: Mapping[str, Any], wanted: Mapping[str, Wanted]) -> Config:
    """Return a normalised config whose parameters, by dotted name, have the wanted values only; others stay.

    Listed values are kept or left out one by one; of numbers in several spans the law goes from the least to the
    greatest, since no law has holes. Integers and multiples of q are kept to inside of that, a law without bounds
    becomes the uniform one of its kind, and a single value a constant. What would leave nothing stays as it is.
    Conditional parameters whose condition can no longer hold are left out, and constraints that name them.
    """
    parameters = pruned(_narrowed_group(config["parameters"], wanted, ()))
    before, after = _names(config["parameters"], ()), _names(parameters, ())
    found = {**config, "parameters": parameters}
    if "constraints" in config:
        found["constraints"] = [c for c in config["constraints"] if parse_constraint(c, before).names <= after]
    return found


def _narrowed_group(parameters: Mapping[str, Any], wanted: Mapping[str, Wanted], scope: tuple[str, ...]) -> Config:
    found = {}
    for key, parameter in parameters.items():
        path = (*scope, key)
        if "parameters" in parameter:
            found[key] = parameter | {"parameters": _narrowed_group(parameter["parameters"], wanted, path)}
        else:
            want = wanted.get(".".join(path))
            when = {"when": parameter["when"]} if "when" in parameter else {}
            found[key] = parameter if want is None else _narrowed_law(parameter, want) | when
    return found


def _narrowed_law(parameter: Config, want: Wanted) -> Config:
    law = parameter["distribution"]
    if law == "constant":
        return parameter
    if "values" in parameter:
        return _narrowed_list(parameter, want)
    return _narrowed_integers(parameter, want) if law == "int_uniform" else _narrowed_reals(parameter, want)


def _narrowed_list(parameter: Config, want: Wanted) -> Config:
    keys = {json_key(value) for value in want.values or want.seen}

    def is_wanted(value: Any) -> bool:
        if want.spans and not want.values:
            return is_number(value) and any(_is_within(value, *span) for span in want.spans)
        return json_key(value) in keys

    kept = [i for i, value in enumerate(parameter["values"]) if is_wanted(value)]
    found = parameter | {"values": [parameter["values"][i] for i in kept]}
    if "probabilities" in parameter:
        shares = [parameter["probabilities"][i] for i in kept]
        total = math.fsum(shares)
        if total <= 0:
            return parameter
        found["probabilities"] = [share / total for share in shares]
    return found if kept else parameter


def _is_within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _narrowed_integers(parameter: Config, want: Wanted) -> Config:
    low, high = _ends(want, parameter["min"], parameter["max"])
    if low is None or high is None:
        return parameter
    return _bounded(parameter, max(parameter["min"], math.ceil(low)), min(parameter["max"], math.floor(high)))


def _narrowed_reals(parameter: Config, want: Wanted) -> Config:
    law = parameter["distribution"]
    is_exponent = law in _EXPONENTS
    to_value: Callable[[float], float] = math.exp if is_exponent else float
    own = (to_value(parameter["min"]), to_value(parameter["max"])) if "min" in parameter else (None, None)
    low, high = _ends(want, *own)
    if low is None or high is None:
        return parameter
    if own[0] is not None and own[1] is not None:
        low, high = max(low, own[0]), min(high, own[1])
    if "q" in parameter:
        step = parameter["q"]
        low = low if low == own[0] else _multiple(step, math.ceil(low / step - 1e-9))
        high = high if high == own[1] else _multiple(step, math.floor(high / step + 1e-9))
    if law in _BOUNDED:
        if "log" in law and low <= 0:
            return parameter
        quantised = {"q": parameter["q"]} if "q" in parameter else {}
        return _bounded({"distribution": _BOUNDED[law], "min": low, "max": high, **quantised}, low, high, parameter)
    if not is_exponent or low >= high:
        return _bounded(parameter, low, high)
    # The bound itself where the value is that of the bound: exp and log do not take each other back.
    first = parameter["min"] if low == own[0] else math.log(low)
    last = parameter["max"] if high == own[1] else math.log(high)
    return _bounded(parameter, first, last)


def _bounded(parameter: Config, low: float, high: float, otherwise: Config | None = None) -> Config:
    """Return a law between two bounds, a constant where they are one, `otherwise` (or as it was) where none is left."""
    if low == high:
        return {"distribution": "constant", "value": low}
    return parameter | {"min": low, "max": high} if low < high else otherwise or parameter


def _ends(want: Wanted, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """Return the least and the greatest wanted number; `low` and `high` stand for open ends."""
    seen = [value for value in want.seen if is_number(value) and math.isfinite(value)]
    if not want.spans:
        return (min(seen), max(seen)) if seen else (None, None)
    if low is None and seen:
        low = min(seen)
    if high is None and seen:
        high = max(seen)
    lows = [low if span[0] is None else span[0] for span in want.spans]
    highs = [high if span[1] is None else span[1] for span in want.spans]
    return _all_of(lows, min), _all_of(highs, max)


def _all_of(ends: Sequence[float | None], pick: Callable[[list[float]], float]) -> float | None:
    known = [end for end in ends if end is not None]
    return pick(known) if len(known) == len(ends) else None


def _multiple(step: float, count: int) -> float:
    """Return count times step without what the product's rounding adds, as in 3 x 0.1."""
    return float(f"{step * count:.12g}")


def pruned(parameters: Mapping[str, Any]) -> Config:
    """Return a `parameters` section without conditions that cannot hold, and without those that have no other."""
    while True:
        found = _pruned_group(parameters, (), _configs(parameters, ()))
        if found == parameters:
            return found
        parameters = found


def _pruned_group(parameters: Mapping[str, Any], scope: tuple[str, ...], known: Mapping[str, Any]) -> Config:
    found = {}
    for key, given in parameters.items():
        parameter = given
        if "when" in parameter:
            when = {o: _possible(values, resolve(scope, o, known), known) for o, values in given["when"].items()}
            if not all(when.values()):
                continue
            parameter = parameter | {"when": when}
        if "parameters" in parameter:
            inner = _pruned_group(parameter["parameters"], (*scope, key), known)
            if not inner:
                continue
            parameter = parameter | {"parameters": inner}
        found[key] = parameter
    return found


def _possible(values: Sequence[Any], name: str | None, known: Mapping[str, Any]) -> list[Any]:
    if name is None:
        return []
    law = DISTRIBUTIONS[known[name]["distribution"]].from_config(known[name])
    return [value for value in values if law.contains(value)]


def _configs(parameters: Mapping[str, Any], scope: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, parameter in parameters.items():
        path = (*scope, key)
        found |= _configs(parameter["parameters"], path) if "parameters" in parameter else {".".join(path): parameter}
    return found


def _names(parameters: Mapping[str, Any], scope: tuple[str, ...]) -> set[str]:
    return set(_configs(parameters, scope))
