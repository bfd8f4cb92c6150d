"""Spaces of configurations: the unit cube on one side, nested configs on the other."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from sweeps_app.search.components import Component, linked
from sweeps_app.search.constraints import Constraint, parse_constraint
from sweeps_app.search.enumeration import TooManyCombinations
from sweeps_app.search.law import MAX_INTEGER
from sweeps_app.search.parameters import ABSENT, Parameter, parameters_from_config
from sweeps_app.search.points import GridPoints
from sweeps_app.search.sampling import draw, uniform_units


@dataclass(frozen=True, eq=False)
class Space:
    """All configurations that a sweep may try.

    `parameters` are in grid order: names sorted at each nesting level. A point of the unit cube has one coordinate for
    each of them, in that order, constants and absent conditional parameters included.
    """

    parameters: tuple[Parameter, ...]
    constraints: tuple[Constraint, ...] = ()

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """The independent parts of the space."""
        return linked(self.parameters, self.constraints)

    @cached_property
    def grid(self) -> GridPoints | None:
        """The points of a grid search in order, or None where a parameter has no grid.

        Raises `TooManyCombinations` where conditions and constraints link too many values.
        """
        values = [parameter.distribution.grid_values() for parameter in self.parameters]
        if any(v is None for v in values):
            return None
        return GridPoints(self.components, [v for v in values if v is not None])

    def decode(self, units: Sequence[float]) -> dict[str, Any]:
        """Return the config at a point of (0, 1]^d: nested, without the conditional parameters that are absent."""
        return self.config_of([p.distribution.quantile(u) for p, u in zip(self.parameters, units, strict=True)])

    def encode(self, config: Mapping[str, Any]) -> list[float | None]:
        """Return the coordinates of a config: each value's cumulative probability.

        None stands where a parameter is absent, or has a value that its law cannot place (another category, text for a
        number), as in a run whose config was changed.
        """
        return [_encoded(parameter, _looked_up(config, parameter.path)) for parameter in self.parameters]

    def config_of(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return the nested config of one value for each parameter, without those that are absent."""
        return self._nested(self._active(values))

    def contains(self, config: Mapping[str, Any]) -> bool:
        """Tell whether `config` has exactly the parameters that it should, each with a value that can be drawn.

        Constraints are not looked at.
        """
        values = [_looked_up(config, parameter.path) for parameter in self.parameters]
        expected = self._active(values)
        if any(value is ABSENT for value in expected.values()):
            return False
        inside = all(p.distribution.contains(expected[p.name]) for p in self.parameters if p.name in expected)
        return inside and self._nested(expected) == config

    def is_feasible(self, config: Mapping[str, Any]) -> bool:
        """Tell whether the constraints hold; one says nothing where a parameter in it is absent."""
        found = {p.name: _looked_up(config, p.path) for p in self.parameters}
        active = {name: value for name, value in found.items() if value is not ABSENT}
        return all(constraint.holds(active) for constraint in self.constraints)

    def sample(self, generator: np.random.Generator) -> list[float]:
        """Return a random point of (0, 1]^d at which the constraints hold."""
        units = uniform_units(len(self.parameters), generator)
        for component in self.components:
            if not component.constraints:
                continue
            for position, unit in zip(component.positions, draw(component, generator), strict=True):
                units[position] = unit
        return units

    def grid_size(self) -> int | None:
        """Return how many points a grid search has; None where there is no grid, or for more than 2**53 of them."""
        try:
            count = self.grid.count if self.grid is not None else None
        except TooManyCombinations:
            return None
        return count if count is not None and count <= MAX_INTEGER else None

    def _active(self, values: Sequence[Any]) -> dict[str, Any]:
        active: dict[str, Any] = {}
        for component in self.components:
            if component.is_free:
                active[component.parameters[0].name] = values[component.positions[0]]
            else:
                active |= component.active([values[i] for i in component.positions])
        return active

    def _nested(self, active: Mapping[str, Any]) -> dict[str, Any]:
        config: dict[str, Any] = {}
        for parameter in self.parameters:
            if parameter.name in active:
                group = config
                for key in parameter.path[:-1]:
                    group = group.setdefault(key, {})
                group[parameter.path[-1]] = active[parameter.name]
        return config


def space_from_config(config: Mapping[str, Any]) -> Space:
    """Return the space of a normalised config; the same parameters and constraints give the same object again."""
    return _space(json.dumps([config["parameters"], config.get("constraints", [])]))


@lru_cache(maxsize=128)
def _space(text: str) -> Space:
    parameters, constraints = json.loads(text)
    found = parameters_from_config(parameters)
    names = {parameter.name for parameter in found}
    return Space(found, tuple(parse_constraint(source, names) for source in constraints))


def _looked_up(config: Any, path: Sequence[str]) -> Any:
    for key in path:
        if not isinstance(config, Mapping) or key not in config:
            return ABSENT
        config = config[key]
    return config


def _encoded(parameter: Parameter, value: Any) -> float | None:
    if value is ABSENT:
        return None
    try:
        return parameter.distribution.cdf(value)
    except (TypeError, ValueError, OverflowError):
        return None
