"""The method `cmaes`: covariance matrix adaptation, by the library that Optuna's sampler wraps.

Optuna keeps the optimiser's state in its own trials; here it is made anew from the results, so that any suggestion can
be replayed from them. Hansen and Ostermeier, Evolutionary Computation 9 (2001); the margin for steps is that of Hamano,
Saito, Nomura and Shirakawa, GECCO 2022; restarts with a doubled population are those of Auger and Hansen, CEC 2005.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import cmaes
import numpy as np
from cmaes import CMAwM

from sweeps_app.search.blas import use_one_thread
from sweeps_app.search.candidates import inside
from sweeps_app.search.design import Design, design_of
from sweeps_app.search.first_new import first_new
from sweeps_app.search.kernels import Array
from sweeps_app.search.request import SearchRequest, Suggested, suggested
from sweeps_app.search.space import space_from_config
from sweeps_app.search.told import Outcome, loss_matrix, told_of
from sweeps_app.search.untried import Tried

VERSION = 1
LIBRARY = f"cmaes {cmaes.__version__}"

# Beyond 2,000 results the oldest are forgotten, 500 at a time, so that the state seldom changes as a whole.
_MOST = 2_000
_FORGOTTEN = 500
_SIGMA = 1 / 6
_TRIES = 64
_STEPPED = ("int_uniform", "q_uniform")


def suggest_cmaes(request: SearchRequest) -> Iterator[Suggested]:
    """Yield draws from the distribution that CMA-ES has come to, until every configuration has been tried.

    Results are told in the order of their numbers, a generation whenever there are enough.
    """
    use_one_thread()
    space = space_from_config(request.config)
    cube, told, tried = _Cube(design_of(space)), told_of(request), Tried(request.trials)
    proposals: Iterator[Sequence[float]] = iter(())
    details = {"observations": len(told.outcomes), "library": LIBRARY}
    if cube.dimension:
        optimizer, restarts = _evolved(cube, _remembered(told.outcomes), request.seed)
        details |= {"generation": optimizer.generation, "restarts": restarts}
    while True:
        if cube.dimension:
            optimizer.reseed_rng(int(request.generator().integers(2**32)))
            proposals = (cube.units(optimizer.ask()[0]) for _ in range(_TRIES))
        found = first_new(space, tried, proposals, request.generator())
        if found is None:
            return
        config, is_drawn = found
        yield suggested(request, config, version=VERSION, phase="model" if is_drawn else "left over", **details)
        tried.add(config)
        request = request.at(request.number + 1)


@dataclass(frozen=True, eq=False)
class _Cube:
    """The axes of a space from 0 to 1, as CMA-ES sees them.

    Categories, in the order listed, and evenly spaced numbers are steps; all others are cumulative probabilities.
    """

    design: Design

    @property
    def dimension(self) -> int:
        return len(self.design.axes)

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """The number of levels of each axis that has steps, 0 for the others."""
        parameters = self.design.space.parameters
        return tuple(
            len(axis.levels)
            if axis.kind == "category" or (axis.levels and parameters[axis.position].law in _STEPPED)
            else 0
            for axis in self.design.axes
        )

    @cached_property
    def steps(self) -> Array:
        """The step of each axis, 0 for those without."""
        return np.array([1 / (count - 1) if count else 0.0 for count in self.levels])

    def units(self, point: Array) -> list[float]:
        """Return the point of the space that a point of the cube stands for."""
        units = np.ones(len(self.design.space.parameters))
        for axis, count, value in zip(self.design.axes, self.levels, point.tolist(), strict=True):
            units[axis.position] = axis.centres[min(round(value * (count - 1)), count - 1)] if count else value
        return [float(unit) for unit in inside(units)]

    def points(self, units: Array) -> Array:
        """Return points of the cube [n, axes] for points of the space [n, d]; NaN where a parameter is absent."""
        found = np.full((len(units), self.dimension), np.nan)
        present = self.design.active(units)
        for j, (axis, count) in enumerate(zip(self.design.axes, self.levels, strict=True)):
            column = units[:, axis.position]
            found[:, j] = axis.level(column) / (count - 1) if count else column
            found[~present[:, axis.position], j] = np.nan
        return found


def _remembered(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    excess = max(len(outcomes) - _MOST, 0)
    return outcomes[-(-excess // _FORGOTTEN) * _FORGOTTEN :]


def _evolved(cube: _Cube, outcomes: Sequence[Outcome], seed: int) -> tuple[CMAwM, int]:
    """Return the optimiser after all whole generations of `outcomes`, and how often it has started anew."""
    generator = np.random.Generator(np.random.PCG64(seed))
    placed = [(units, outcome) for outcome in outcomes if (units := cube.design.units_of(outcome.config)) is not None]
    points = cube.points(
        np.array([units for units, _ in placed]).reshape(len(placed), len(cube.design.space.parameters))
    )
    losses = loss_matrix([outcome for _, outcome in placed])
    optimizer, restarts, told = _started(cube, generator, None), 0, 0
    while told + optimizer.population_size <= len(placed):
        generation = slice(told, told + optimizer.population_size)
        solutions = _without_gaps(points[generation], optimizer)
        optimizer.tell(list(zip(solutions, losses[generation, 0].tolist(), strict=True)))
        told += len(solutions)
        if optimizer.should_stop():
            restarts += 1
            optimizer = _started(cube, generator, 2 * optimizer.population_size)
    return optimizer, restarts


def _started(cube: _Cube, generator: np.random.Generator, population: int | None) -> CMAwM:
    """Return a new optimiser: the first begins in the middle, others anywhere."""
    middle = np.full(cube.dimension, 0.5)
    return CMAwM(
        mean=middle if population is None else generator.random(cube.dimension),
        sigma=_SIGMA,
        bounds=np.tile([0.0, 1.0], (cube.dimension, 1)),
        steps=cube.steps,
        seed=int(generator.integers(2**32)),
        population_size=population,
    )


def _without_gaps(points: Array, optimizer: CMAwM) -> Array:
    """Return points with draws of the optimiser's own for what is absent, which moves its distribution nowhere."""
    gaps = np.isnan(points)
    if not gaps.any():
        return points
    return np.where(gaps, np.array([optimizer.ask()[1] for _ in points]), points)
