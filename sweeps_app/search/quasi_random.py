"""Quasi-random search (`qmc`): a scrambled Sobol sequence, which fills a space more evenly than independent draws.

Sobol, USSR Computational Mathematics and Mathematical Physics 7 (1967); scrambled after Matousek, Journal of Complexity
14 (1998), as in SciPy. A point is found by its number alone, so that parallel agents never get the same one.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
from scipy.stats import qmc

from sweeps_app.search.candidates import inside
from sweeps_app.search.design import design_of
from sweeps_app.search.request import SearchRequest, Suggested, suggested
from sweeps_app.search.space import Space, space_from_config
from sweeps_app.search.untried import Tried, draw_untried, is_countable

VERSION = 1
# How many points of the sequence are looked at for one that is allowed and new.
_TRIES = 1_024
_CHUNK = 32
_LENGTH = 2**30


def suggest_qmc(request: SearchRequest) -> Suggested | None:
    """Return the point `request.number` of the sequence, or the next one that is allowed and was not tried yet.

    The answer has the number of the point, so that the next request goes on behind it. In a space that can be used up
    it has the number asked for: there the trials tell what comes next. None where every configuration has been tried.
    """
    space = space_from_config(request.config)
    tried = Tried(request.trials)
    for point, units in enumerate(islice(sobol_points(space, request.seed, request.number), _TRIES), request.number):
        config = space.decode(units)
        if space.is_feasible(config) and config not in tried:
            answered = request if is_countable(space) else replace(request, number=point)
            return suggested(answered, config, version=VERSION, phase="sequence", point=point)
    left = draw_untried(space, tried, request.generator())
    return None if left is None else suggested(request, left, version=VERSION, phase="left over")


def sobol_points(space: Space, seed: int, first: int) -> Iterator[list[float]]:
    """Yield points of (0, 1]^d, one coordinate a parameter, of the sequence that `seed` scrambles, from `first` on."""
    varying = [axis.position for axis in design_of(space).axes]
    if not varying:
        yield [1.0] * len(space.parameters)
        return
    engine = qmc.Sobol(len(varying), scramble=True, rng=np.random.Generator(np.random.PCG64(seed)))
    start = first % (_LENGTH - _TRIES)
    if start:
        engine.fast_forward(start)
    while True:
        units = np.ones((_CHUNK, len(space.parameters)))
        units[:, varying] = inside(engine.random(_CHUNK))
        yield from units.tolist()
