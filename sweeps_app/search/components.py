"""Components of a space: parameters that conditions and constraints link, independent of all others.

A space is the product of its components, so each is counted, enumerated and sampled alone: what would be hopeless for
the whole is cheap for the parts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from sweeps_app.search.constraints import Constraint
from sweeps_app.search.enumeration import TooManyCombinations, allowed_combinations
from sweeps_app.search.parameters import Parameter, dependency_order, names_of

PROOF_TRIES = 20_000
_RARE_TRIES = 1_000


@dataclass(frozen=True, eq=False)
class Component:
    """Linked parameters, their positions in the space (ascending), and the constraints on them."""

    positions: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    constraints: tuple[Constraint, ...]

    @cached_property
    def is_free(self) -> bool:
        """Whether it is one parameter with neither conditions nor constraints."""
        return not self.constraints and not any(parameter.when for parameter in self.parameters)

    @cached_property
    def names(self) -> str:
        """The names of the parameters, for a message."""
        return names_of(self.parameters)

    @cached_property
    def order(self) -> list[int]:
        """The indices of the parameters such that each stands behind those that its conditions ask for."""
        places = {parameter.name: i for i, parameter in enumerate(self.parameters)}
        return [places[name] for name in dependency_order(self.parameters)]

    def active(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return the values of the parameters that are present, by name; `values` has one for each parameter."""
        found: dict[str, Any] = {}
        for i in self.order:
            parameter = self.parameters[i]
            if parameter.is_active(found):
                found[parameter.name] = values[i]
        return found

    def allows(self, active: Mapping[str, Any]) -> bool:
        """Tell whether the constraints hold for the present parameters' values, by name."""
        return all(constraint.holds(active) for constraint in self.constraints)

    def allows_units(self, units: Sequence[float]) -> bool:
        """Tell whether the constraints hold at a point of (0, 1]^k."""
        values = [p.distribution.quantile(u) for p, u in zip(self.parameters, units, strict=True)]
        return self.allows(self.active(values))

    def combinations(self, choices: Sequence[Sequence[Any]]) -> Iterator[list[int]]:
        """Yield the allowed points among the product of `choices` (one sequence a parameter), as indices into them.

        Points that differ in absent parameters only are one, with the first values. They come in no useful order.
        Raises `TooManyCombinations` when too many have been looked at.
        """
        return allowed_combinations(self.parameters, self.order, self.constraints, choices)

    @cached_property
    def known_point(self) -> tuple[float, ...] | None:
        """A point of (0, 1]^k at which the constraints hold, always the same, or None where none was found.

        20,000 points are tried at random, those on the edges more often than by chance; then, of discrete parameters,
        each combination, which is a proof.
        """
        found = next((units for units in self._probes() if self.allows_units(units)), None)
        return found if found or not self.allowed_points else self.allowed_points[0]

    @cached_property
    def allowed_points(self) -> Sequence[tuple[float, ...]] | None:
        """One point of (0, 1]^k for each allowed combination, or None where values are not discrete or too many."""
        laws = [parameter.distribution for parameter in self.parameters]
        atoms = [values for law in laws if (values := law.atoms()) is not None]
        if len(atoms) < len(laws):
            return None
        try:
            found = list(self.combinations(atoms))
        except TooManyCombinations:
            return None
        return [
            tuple(law.cdf(values[digit]) for law, values, digit in zip(laws, atoms, digits, strict=True))
            for digits in found
        ]

    @property
    def is_rare(self) -> bool:
        """Whether less than about one random point in a thousand is allowed."""
        return not any(self.allows_units(units) for units in islice(self._probes(), 0, 2 * _RARE_TRIES, 2))

    def _probes(self) -> Iterator[tuple[float, ...]]:
        generator = np.random.Generator(np.random.PCG64(0))
        for i in range(PROOF_TRIES):
            units = generator.random(len(self.parameters))
            if i % 2:  # every other one stretched, so that about half of the coordinates stand at an end
                units = np.clip(2 * units - 0.5, 0.0, 1.0)
            yield tuple((1.0 - units).tolist())


def linked(parameters: Sequence[Parameter], constraints: Iterable[Constraint]) -> tuple[Component, ...]:
    """Return the components of a space, in the order of their first parameters."""
    constraints = list(constraints)
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
