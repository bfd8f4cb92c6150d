"""Which of several proposals to run: the first that is allowed and was not tried yet."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sweeps_app.search.space import Space
from sweeps_app.search.untried import Tried, draw_untried

_MORE_DRAWS = 8


def first_new(
    space: Space, tried: Tried, proposals: Iterable[Sequence[float]], generator: np.random.Generator
) -> tuple[dict[str, Any], bool] | None:
    """Return the config of the first of `proposals`, points of (0, 1]^d, that is allowed and new; and True.

    Where none is, a random one that is, with constraints the nearest of several to the first proposal; and False. None
    where every configuration of a countable space has been tried.
    """
    target: list[float] | None = None
    for units in proposals:
        config = space.decode(units)
        if space.is_feasible(config) and config not in tried:
            return config, True
        target = target or list(units)
    found = draw_untried(space, tried, generator)
    if found is None:
        return None
    drawn = [found]
    if target is not None and space.constraints:
        more = [space.decode(space.sample(generator)) for _ in range(_MORE_DRAWS)]
        drawn += [config for config in more if config not in tried]
    return min(drawn, key=lambda config: _distance(space, config, target)), False


def _distance(space: Space, config: Mapping[str, Any], target: Sequence[float] | None) -> float:
    """Return how far a config is from a point, an absent parameter being no distance away."""
    if target is None:
        return 0.0
    pairs = zip(space.encode(config), target, strict=True)
    return sum(abs(unit - other) for unit, other in pairs if unit is not None)
