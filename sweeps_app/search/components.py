"""Components of a space: parameters that conditions and constraints link, independent of all others.

A space is the product of its components, so each is counted, enumerated and sampled alone: what would be hopeless for
the whole is cheap for the parts.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from sweeps_app.search.constraints import Constraint
from sweeps_app.search.parameters import Parameter, dependency_order

MAX_COMBINATIONS = 100_000
PROOF_TRIES = 20_000


@dataclass(frozen=True)
class Component:
    """Linked parameters, their positions in the space (ascending), and the constraints on them."""

    positions: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    constraints: tuple[Constraint, ...]

    @cached_property
    def is_free(self) -> bool:
        """Whether every combination of values is a point of the space."""
        return not self.constraints and not any(parameter.when for parameter in self.parameters)

    @cached_property
    def names(self) -> str:
        """The names of the parameters, for a message."""
        return ", ".join(parameter.name for parameter in self.parameters)

    @cached_property
    def _order(self) -> list[tuple[int, Parameter]]:
        places = {parameter.name: i for i, parameter in enumerate(self.parameters)}
        return [(places[name], self.parameters[places[name]]) for name in dependency_order(self.parameters)]

    def active(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return the values of the parameters that are present, by name; `values` has one for each parameter."""
        found: dict[str, Any] = {}
        for i, parameter in self._order:
            if parameter.is_active(found):
                found[parameter.name] = values[i]
        return found

    def allows(self, active: Mapping[str, Any]) -> bool:
        """Tell whether the constraints hold for the present parameters' values, by name."""
        return all(constraint.holds(active) for constraint in self.constraints)

    def decode(self, units: Sequence[float]) -> dict[str, Any]:
        """Return the values of the present parameters at a point of (0, 1]^k, by name."""
        return self.active([p.distribution.quantile(u) for p, u in zip(self.parameters, units, strict=True)])

    def combinations(self, choices: Sequence[Sequence[Any]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Yield the points among the product of `choices` (one sequence a parameter) with their index in it, in order.

        A point whose absent parameters could have other values is yielded once, with the first values.
        """
        for index, digits in enumerate(product(*(range(len(choice)) for choice in choices))):
            values = tuple(choice[digit] for choice, digit in zip(choices, digits, strict=True))
            active = self.active(values)
            if self._is_canonical(digits, active) and self.allows(active):
                yield index, values

    @cached_property
    def is_enumerable(self) -> bool:
        """Whether there are so few combinations that each is looked at to find an allowed one."""
        return self._atoms is not None and combination_count(self._atoms) <= MAX_COMBINATIONS

    @cached_property
    def known_point(self) -> tuple[float, ...] | None:
        """A point of (0, 1]^k at which the constraints hold, always the same, or None where none was found.

        Exact where `is_enumerable`; else 20,000 points are tried, those on the edges more often than by chance.
        """
        if self._atoms is not None and self.is_enumerable:
            for _, values in self.combinations(self._atoms):
                return tuple(p.distribution.cdf(v) for p, v in zip(self.parameters, values, strict=True))
            return None
        return next((units for units in self._probes() if self.allows(self.decode(units))), None)

    @cached_property
    def _atoms(self) -> list[Sequence[Any]] | None:
        atoms = [parameter.distribution.atoms() for parameter in self.parameters]
        return [values for values in atoms if values is not None] if all(a is not None for a in atoms) else None

    def _probes(self) -> Iterator[tuple[float, ...]]:
        generator = np.random.Generator(np.random.PCG64(0))
        for i in range(PROOF_TRIES):
            units = generator.random(len(self.parameters))
            if i % 2:  # stretched, so that about half of the coordinates stand at an end
                units = np.clip(2 * units - 0.5, 0.0, 1.0)
            yield tuple((1.0 - units).tolist())

    def _is_canonical(self, digits: Sequence[int], active: Mapping[str, Any]) -> bool:
        if len(active) == len(digits):
            return True
        return not any(digit and p.name not in active for digit, p in zip(digits, self.parameters, strict=True))


def combination_count(choices: Sequence[Sequence[Any]]) -> int:
    """Return how many combinations there are of one value of each."""
    return math.prod(len(choice) for choice in choices)


def linked(parameters: Sequence[Parameter], constraints: Sequence[Constraint]) -> tuple[Component, ...]:
    """Return the components of a space, in the order of their first parameters."""
    groups = _Groups()
    for parameter in parameters:
        groups.join([parameter.name, *(condition.name for condition in parameter.when)])
    for constraint in constraints:
        groups.join(sorted(constraint.names))
    members: dict[str, list[int]] = {}
    for position, parameter in enumerate(parameters):
        members.setdefault(groups.leader(parameter.name), []).append(position)
    held: dict[str, list[Constraint]] = {}
    for constraint in constraints:
        held.setdefault(groups.leader(min(constraint.names)), []).append(constraint)
    return tuple(
        Component(tuple(positions), tuple(parameters[i] for i in positions), tuple(held.get(leader, ())))
        for leader, positions in members.items()
    )


class _Groups:
    """Disjoint sets of names (union-find with path halving)."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def leader(self, name: str) -> str:
        """Return the name that stands for the set of `name`."""
        parents = self._parents
        while (parent := parents.setdefault(name, name)) != name:
            parents[name] = parents[parent]
            name = parents[name]
        return name

    def join(self, names: Sequence[str]) -> None:
        """Make one set of the sets of all `names`."""
        for name in names:
            self._parents[self.leader(name)] = self.leader(names[0])
