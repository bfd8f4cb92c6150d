"""A space as the features of a Gaussian process, for many points at once.

Points are rows of (0, 1]^d, one coordinate a parameter of the space. Discrete parameters are taken at their rounded
values, so that the model knows no points but those that can be run: Garrido-Merchán and Hernández-Lobato, "Dealing with
categorical and integer-valued variables in Bayesian optimization with Gaussian processes", Neurocomputing 380 (2020).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.search.axes import Axis, axis_of
from sweeps_app.search.distributions import json_key
from sweeps_app.search.kernels import Array
from sweeps_app.search.parameters import Condition, Parameter, dependency_order
from sweeps_app.search.space import Space

Mask = NDArray[np.bool_]
_ABSENT = 0.5


@dataclass(frozen=True, eq=False)
class Design:
    """The features of a space.

    A number is one feature in 0..1; a category one 0/1 feature a level, scaled so that two levels are 1 apart; an
    absent parameter has fixed values, and a 0/1 feature for each set of conditions tells whether it holds. Each
    parameter, and each set of conditions, has a length scale of its own.
    """

    space: Space

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The parameters that vary."""
        found = (axis_of(i, parameter) for i, parameter in enumerate(self.space.parameters))
        return tuple(axis for axis in found if axis is not None)

    @cached_property
    def discrete(self) -> tuple[Axis, ...]:
        """The parameters that vary and have levels."""
        return tuple(axis for axis in self.axes if axis.is_discrete)

    @cached_property
    def continuous(self) -> NDArray[np.intp]:
        """The coordinates of the continuous parameters."""
        return np.array([axis.position for axis in self.axes if not axis.is_discrete], dtype=np.intp)

    @cached_property
    def groups(self) -> NDArray[np.intp]:
        """The group of each feature: its axis, and behind these one for each set of conditions."""
        widths = [len(axis.levels) if axis.kind == "category" else 1 for axis in self.axes]
        owners = np.repeat(np.arange(len(self.axes)), widths)
        return np.concatenate([owners, len(self.axes) + np.arange(len(self._conditions))])

    @cached_property
    def _slopes(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The features that change with a coordinate, and these coordinates."""
        firsts = np.searchsorted(self.groups, np.arange(len(self.axes)))
        moving = [(int(firsts[i]), axis.position) for i, axis in enumerate(self.axes) if not axis.is_discrete]
        return np.array([f for f, _ in moving], dtype=np.intp), np.array([p for _, p in moving], dtype=np.intp)

    @cached_property
    def _conditions(self) -> dict[tuple[Condition, ...], int]:
        """Each set of conditions with a coordinate that it decides."""
        positions = {axis.position for axis in self.axes}
        parameters = enumerate(self.space.parameters)
        return {p.when: i for i, p in parameters if p.when and i in positions}

    @cached_property
    def _ordered_parameters(self) -> list[tuple[int, Parameter]]:
        index = {parameter.name: i for i, parameter in enumerate(self.space.parameters)}
        order = dependency_order(self.space.parameters)
        return [(index[name], self.space.parameters[index[name]]) for name in order]

    @cached_property
    def _axis_at(self) -> dict[int, Axis]:
        return {axis.position: axis for axis in self.axes}

    def snapped(self, units: Array) -> Array:
        """Return points with each discrete coordinate at the one that stands for its level."""
        moved = units.copy()
        for axis in self.discrete:
            moved[:, axis.position] = axis.centres[axis.level(units[:, axis.position])]
        return moved

    def active(self, units: Array) -> Mask:
        """Return for each point and parameter whether it is present there."""
        found = np.ones(units.shape, dtype=np.bool_)
        if not any(parameter.when for parameter in self.space.parameters):
            return found
        index = {parameter.name: i for i, parameter in self._ordered_parameters}
        for position, parameter in self._ordered_parameters:
            for condition in parameter.when:
                other = index[condition.name]
                found[:, position] &= found[:, other] & self._holds(other, condition.keys, units[:, other])
        return found

    def features(self, units: Array) -> Array:
        """Return the features [n, k] of points; discrete coordinates may be anywhere in their level."""
        active = self.active(units)
        blocks = [self._block(axis, units[:, axis.position], active[:, axis.position]) for axis in self.axes]
        blocks += [active[:, [i]].astype(np.float64) for i in self._conditions.values()]
        return np.hstack(blocks) if blocks else np.empty((len(units), 0))

    def pulled_back(self, gradients: Array, units: Array) -> Array:
        """Return derivatives by the coordinates, given those by the features; 0 for levels and absent parameters."""
        features, positions = self._slopes
        found = np.zeros(units.shape)
        found[:, positions] = gradients[:, features] * self.active(units)[:, positions]
        return found

    def units_of(self, config: Mapping[str, Any]) -> list[float] | None:
        """Return the point of a config, or None for one that lacks a parameter or has a value of no level."""
        units = [_ABSENT if unit is None else unit for unit in self.space.encode(config)]
        return units if self.space.contains(config) else None

    def _block(self, axis: Axis, units: Array, active: Mask) -> Array:
        if axis.kind == "continuous":
            return np.where(active, units, _ABSENT)[:, None]
        level = axis.level(units)
        if axis.kind == "ordered":
            low, high = axis.centres[0], axis.centres[-1]
            return np.where(active, (axis.centres[level] - low) / (high - low), _ABSENT)[:, None]
        one_hot = np.zeros((len(units), len(axis.levels)))
        one_hot[np.arange(len(units)), level] = np.sqrt(0.5)
        one_hot[~active] = 0.0
        return one_hot

    def _holds(self, position: int, keys: frozenset[str], units: Array) -> Mask:
        axis = self._axis_at.get(position)
        if axis is not None and axis.is_discrete:
            return axis.levels_with(keys)[axis.level(units)]
        law = self.space.parameters[position].distribution
        return np.array([json_key(law.quantile(unit)) in keys for unit in units.tolist()], dtype=np.bool_)


@lru_cache(maxsize=32)
def design_of(space: Space) -> Design:
    """Return the design of a space; the same object for the same one."""
    return Design(space)
