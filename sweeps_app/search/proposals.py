"""Points with a large expected improvement, the best first."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sweeps_app.search.acquisition import Acquisition
from sweeps_app.search.candidates import everywhere, inside, near
from sweeps_app.search.design import Design
from sweeps_app.search.kernels import Array, squared_distances
from sweeps_app.search.maximise import Allowed, climb, pick_starts
from sweeps_app.search.space import Space
from sweeps_app.search.surrogate import Surrogate
from sweeps_app.search.untried import all_points
from sweeps_app.search.warps import Outlook

_EVERYWHERE = 1_024
_NEAR = 300
_CENTRES = 5
_STARTS = 6
_INCUMBENTS = 2
_SAMPLES = 8
_ENUMERATED = 2_000
_APART = 0.05  # length scales


@dataclass(frozen=True, eq=False)
class Proposals:
    """What `surrogate`, fitted to the points `units` [n, d], makes of the points of `design`.

    `running` [m, d] are points whose runs have no value yet. Only what is better than the best by more than `margin`,
    on the warped scale, counts as improvement.
    """

    design: Design
    surrogate: Surrogate
    units: Array
    running: Array
    margin: float = 0.0

    def ranked(self, generator: np.random.Generator) -> Iterator[Array]:
        """Yield points [d], the one with the largest expected improvement first, and those beside running ones last.

        A small space is ranked as a whole. Of others a quasi-random sample is, with points near the best runs; the
        most promising of these climb first.
        """
        acquisition = Acquisition(self.surrogate.process, self.design, self.surrogate.best - self.margin)
        points = listed_points(self.design)
        if points is not None:
            values = acquisition(points)
        else:
            candidates = self._candidates(generator)
            found = acquisition(candidates)
            starts = np.vstack([candidates[pick_starts(found, _STARTS, generator)], self._centres()[:_INCUMBENTS]])
            tops, reached = climb(acquisition, starts, self._allowed)
            points, values = np.vstack([tops, candidates]), np.concatenate([reached, found])
        for i in np.lexsort((-values, self._crowded(points))).tolist():
            yield points[i]

    def outlook(self, point: Array) -> Outlook:
        """Return what is predicted of a point [d], on the objective's scale (minimised)."""
        predicted = self.surrogate.process.predict(self.design.features(point[None]))
        deviation = float(np.sqrt(predicted.variance[0]))
        return self.surrogate.warp.outlook(float(predicted.mean[0]), deviation, self.surrogate.best)

    def _crowded(self, points: Array) -> NDArray[np.bool_]:
        """Return which points are so near to a running one that they would tell nothing new.

        A model that is sure of its optimum would send all agents there, a hair apart.
        """
        if not len(self.running):
            return np.zeros(len(points), dtype=np.bool_)
        lengths = self.surrogate.process.hyper.lengths[self.design.groups]
        scaled, taken = (self.design.features(units) / lengths for units in (points, self.running))
        crowded: NDArray[np.bool_] = np.min(squared_distances(scaled, taken), axis=1) < _APART**2
        return crowded

    @property
    def _allowed(self) -> Allowed | None:
        return self._satisfy if self.design.space.constraints else None

    def _satisfy(self, points: Array) -> NDArray[np.bool_]:
        space = self.design.space
        return np.array([space.is_feasible(space.decode(row)) for row in points.tolist()], dtype=np.bool_)

    def _candidates(self, generator: np.random.Generator) -> Array:
        lengths = self.surrogate.process.hyper.lengths
        points = [everywhere(self.design, _EVERYWHERE, generator)]
        points.append(near(self.design, self._centres(), lengths, _NEAR, generator))
        found = self.design.snapped(np.vstack(points))
        if self.design.space.constraints:
            sampled = [self.design.space.sample(generator) for _ in range(_SAMPLES)]
            found = np.vstack([found[self._satisfy(found)], self.design.snapped(inside(np.array(sampled)))])
        return found

    def _centres(self) -> Array:
        """Return the runs that the model thinks the best of, where they satisfy the constraints."""
        means = self.surrogate.process.predict(self.design.features(self.units)).mean
        best = self.design.snapped(self.units[np.argsort(means, kind="stable")[:_CENTRES]])
        if self._allowed is None:
            return best
        inside_constraints = best[self._allowed(best)]
        return inside_constraints if len(inside_constraints) else best


@lru_cache(maxsize=32)
def listed_points(design: Design) -> Array | None:
    """Return all points [n, d] of a space that has at most 2,000, or None."""
    points = all_points(design.space)
    if points is None or points.count > _ENUMERATED:
        return None
    return design.snapped(np.array([_units(design.space, points.at(i)) for i in range(points.count)]))


def _units(space: Space, values: list[object]) -> list[float]:
    return [max(p.distribution.cdf(v), 1e-9) for p, v in zip(space.parameters, values, strict=True)]
