"""Points of a space at random."""

import numpy as np

from sweeps_app.search.components import Component

_TRIES = 1_000
_HALVINGS = 60


def draw(component: Component, generator: np.random.Generator) -> list[float]:
    """Return a random point of (0, 1]^k at which the constraints of a constrained component hold.

    By rejection, so that the law is that of the parameters given the constraints. Where 1,000 draws fail, it is any of
    the allowed combinations of discrete values; of others the next draw, moved towards a known point until it is
    allowed. Raises `ValueError` where no point is known.
    """
    for _ in range(_TRIES):
        units = uniform_units(len(component.parameters), generator)
        if component.allows_units(units):
            return units
    if component.allowed_points:
        return list(component.allowed_points[int(generator.integers(len(component.allowed_points)))])
    if component.known_point is None:
        raise ValueError(f"no allowed combination of {component.names} is known")
    return _towards(component, uniform_units(len(component.parameters), generator), component.known_point)


def uniform_units(count: int, generator: np.random.Generator) -> list[float]:
    """Return `count` independent draws from (0, 1]."""
    return [1.0 - u for u in generator.random(count).tolist()]


def _towards(component: Component, units: list[float], known: tuple[float, ...]) -> list[float]:
    """Return the first allowed point on the way from `units` to `known`, halving the distance at each step."""
    for _ in range(_HALVINGS):
        units = [(u + k) / 2 for u, k in zip(units, known, strict=True)]
        if component.allows_units(units):
            return units
    return list(known)
