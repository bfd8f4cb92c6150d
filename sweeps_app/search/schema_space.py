"""Checks of the space as a whole: names, conditions, constraints, and what the method asks of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError
from typing import Any

from sweeps_app.search.advice import add_advice
from sweeps_app.search.constraints import MAX_LENGTH, ConstraintError, parse_constraint
from sweeps_app.search.distributions import DISTRIBUTIONS
from sweeps_app.search.parameters import dependency_order, parameters_from_config, resolve
from sweeps_app.search.problems import Report, did_you_mean, join, shown
from sweeps_app.search.space import space_from_config
from sweeps_app.search.suggest import Method

_PATH = "constraints"
_MAX_CONSTRAINTS = 100


def check_space(
    report: Report, config: Mapping[str, Any], found: Mapping[str, Any], method: Method | None
) -> dict[str, Any]:
    """Return the normalised `constraints`, after checking that the parameters make a space with a point.

    `found` holds the normalised parameters; those with problems are missing, and known by name only.
    """
    leaves = list(_leaves(config.get("parameters"), ()))
    _check_names(report, leaves)
    names = {".".join(path) for path in leaves}
    _check_whens(report, "parameters", found["parameters"], (), _Known(names, found["parameters"]))
    constraints = _constraints(report, config, names)
    normalised = {_PATH: constraints} if _PATH in config else {}
    if not report.problems and _is_acyclic(report, found["parameters"]) and method is not None:
        space = space_from_config({"parameters": found["parameters"], **normalised})
        method.check(report, space)
        if not report.problems:
            add_advice(report, found, space)
    return normalised


class _Known:
    """All names of parameters, and the normalised configs of those without problems."""

    def __init__(self, names: set[str], parameters: Mapping[str, Any]) -> None:
        self.names = names
        self.configs = {".".join(path): config for path, config in _configs(parameters, ())}


def _leaves(parameters: Any, scope: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(parameters, dict):
        for key, config in parameters.items():
            if isinstance(config, dict) and "parameters" in config:
                yield from _leaves(config["parameters"], (*scope, key))
            else:
                yield (*scope, key)


def _configs(parameters: Mapping[str, Any], scope: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, config in parameters.items():
        if "parameters" in config:
            yield from _configs(config["parameters"], (*scope, key))
        else:
            yield (*scope, key), config


def _check_names(report: Report, leaves: list[tuple[str, ...]]) -> None:
    counts = Counter(".".join(path) for path in leaves)
    for path in leaves:
        if counts[name := ".".join(path)] > 1 and len(path) > 1:
            message = f"{shown(name)} is also the name of a parameter with a dot in it: rename one of the two"
            report.error(f"parameters.{'.parameters.'.join(path)}", message, "duplicate")


def _check_whens(
    report: Report, path: str, parameters: Mapping[str, Any], scope: tuple[str, ...], known: _Known
) -> None:
    for key, config in parameters.items():
        here = join(path, key)
        for other, values in config.get("when", {}).items():
            _check_condition(report, join(join(here, "when"), other), resolve(scope, other, known.names), values, known)
        if "parameters" in config:
            _check_whens(report, join(here, "parameters"), config["parameters"], (*scope, key), known)


def _check_condition(report: Report, path: str, name: str | None, values: list[Any], known: _Known) -> None:
    if name is None:
        hint = did_you_mean(path.rsplit(".when.", 1)[-1], known.names)
        report.error(path, f"is no parameter{hint}", "unknown_parameter")
        return
    config = known.configs.get(name)
    if config is None:
        return
    law = DISTRIBUTIONS[config["distribution"]].from_config(config)
    if not law.is_discrete:
        report.error(path, f"has real values ({config['distribution']}): a condition needs discrete ones", "continuous")
        return
    for i, value in enumerate(values):
        if not law.contains(value):
            report.error(f"{path}[{i}]", f"{shown(value)} is not a value of {name}", "unknown_value")


def _constraints(report: Report, config: Mapping[str, Any], names: set[str]) -> list[str]:
    given = config.get(_PATH, [])
    if not isinstance(given, list) or len(given) > _MAX_CONSTRAINTS:
        message = f'must be a list of up to {_MAX_CONSTRAINTS} texts, such as ["hidden <= 4 * width"]'
        report.error(_PATH, message, "wrong_type")
        return []
    for i, source in enumerate(given):
        path = f"{_PATH}[{i}]"
        if not isinstance(source, str) or len(source) > MAX_LENGTH:
            report.error(path, f"must be a text of up to {MAX_LENGTH:,} characters, not {shown(source)}", "wrong_type")
            continue
        try:
            parse_constraint(source, names)
        except ConstraintError as error:
            report.error(path, f"{shown(source)} {error}", "invalid_constraint")
    return given


def _is_acyclic(report: Report, parameters: Mapping[str, Any]) -> bool:
    try:
        dependency_order(parameters_from_config(parameters))
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        report.error("parameters", f"conditions go in a circle: {circle}", "circular")
        return False
    return True
