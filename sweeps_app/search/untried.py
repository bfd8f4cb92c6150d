"""Configurations that no run has had, in spaces that can be used up."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from sweeps_app.search.distributions import json_key
from sweeps_app.search.points import GridPoints, TooManyCombinations
from sweeps_app.search.space import Space
from sweeps_app.search.trials import Trial

_DRAWS = 100
_RARE_DRAWS = 10  # a draw under constraints may take a thousand tries


class Tried:
    """The configurations of trials, told apart by their JSON form."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        self._keys = {trial.key for trial in trials}

    def __contains__(self, config: Mapping[str, Any]) -> bool:
        return json_key(config) in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, config: Mapping[str, Any]) -> bool:
        """Count a configuration as tried, and tell whether it was not yet."""
        before = len(self._keys)
        self._keys.add(json_key(config))
        return len(self._keys) > before


def is_countable(space: Space) -> bool:
    """Tell whether a space can be used up: each of its parameters has so and so many values."""
    return all(parameter.distribution.atoms() is not None for parameter in space.parameters)


@lru_cache(maxsize=32)
def all_points(space: Space) -> GridPoints | None:
    """Return every configuration of a space, or None where they are not countable or too entangled to list."""
    values = [parameter.distribution.atoms() for parameter in space.parameters]
    if any(v is None for v in values):
        return None
    try:
        return GridPoints(space.components, [v for v in values if v is not None])
    except TooManyCombinations:
        return None


def draw_untried(space: Space, tried: Tried, generator: np.random.Generator) -> dict[str, Any] | None:
    """Return a random configuration that is not in `tried`, or None when all are.

    After 100 draws, or 10 under constraints, a countable space is searched from a random point on, which ends after
    `tried` at the latest.
    """
    config: dict[str, Any] = {}
    for _ in range(_RARE_DRAWS if space.constraints else _DRAWS):
        config = space.decode(space.sample(generator))
        if config not in tried:
            return config
    points = all_points(space)
    if points is None:
        return config
    first = int(generator.integers(points.count))
    for step in range(min(points.count, len(tried) + 1)):
        config = space.config_of(points.at((first + step) % points.count))
        if config not in tried:
            return config
    return None
