"""Bayesian optimisation: a space-filling start, then the largest expected improvement under a Gaussian process."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from sweeps_app.search.blas import use_one_thread
from sweeps_app.search.design import Design, design_of
from sweeps_app.search.kernels import Array
from sweeps_app.search.proposals import Proposals
from sweeps_app.search.quasi_random import sobol_points
from sweeps_app.search.request import SearchRequest, Suggested, suggested
from sweeps_app.search.space import space_from_config
from sweeps_app.search.surrogate import Surrogate, fit_surrogate
from sweeps_app.search.told import Outcome, Told, told_of
from sweeps_app.search.untried import Tried, draw_untried

VERSION = 1

_EXPLORING = 4
_MARGIN = 0.1
_PLACED = 500  # observations of which the model chooses the ones it is fitted to
_PENDING = 100
_START_TRIES = 64
_LARGEST = 1e100  # far enough from the largest double that squares are finite


class _Choice(NamedTuple):
    """A configuration, and what `why` says of it."""

    config: dict[str, Any]
    details: Mapping[str, Any]


def start_size(axes: int) -> int:
    """Return how many results the model waits for in a space with so many parameters that vary."""
    return min(max(6, axes + 4), 20)


def suggest_bayes(request: SearchRequest) -> Iterator[Suggested]:
    """Yield configurations with the largest expected improvement, until every one has been tried.

    Until enough results are in, suggestion k is point k of a scrambled Sobol sequence. From then on every fourth one
    explores: it asks for an improvement by a tenth of the values' deviation, on their own scale, which is not to be had
    by refining the best runs. (Brochu, Cora and de Freitas, "A Tutorial on Bayesian Optimization", 2010, section 2.3.2,
    on the margin; taking turns keeps a search from staying at a local optimum, as measured.)
    """
    use_one_thread()
    space = space_from_config(request.config)
    design = design_of(space)
    told, tried = told_of(request), Tried(request.trials)
    is_started = bool(design.axes) and len(told.outcomes) >= start_size(len(design.axes))
    model = _Model(design, best_and_spread(told.outcomes, _PLACED)) if is_started else None
    while True:
        chosen = _modelled(request, model, told, tried) if model else _spread(request, design, tried)
        if chosen is None:
            config = draw_untried(space, tried, request.generator())
            if config is None:
                return
            chosen = _Choice(config, {"phase": "left over"})
        yield suggested(request, chosen.config, version=VERSION, observations=len(told.outcomes), **chosen.details)
        request = request.at(request.number + 1)
        if tried.add(chosen.config):
            told = told.with_running(chosen.config)


class _Model:
    """What the outcomes say, fitted once for each scale on which it is asked for."""

    def __init__(self, design: Design, outcomes: Sequence[Outcome]) -> None:
        self.design = design
        self.units, self.values = _placed(design, outcomes)
        self._fitted: dict[bool, Surrogate] = {}

    def surrogate(self, *, is_linear: bool) -> Surrogate:
        """Return the model of the values as they are, or on the likeliest scale."""
        if is_linear not in self._fitted:
            self._fitted[is_linear] = fit_surrogate(self.design, self.units, self.values, is_linear=is_linear)
        return self._fitted[is_linear]


def _spread(request: SearchRequest, design: Design, tried: Tried) -> _Choice | None:
    """Return the Sobol point of this number, or the next one that is allowed and new, or None where none of 64 is."""
    space = design.space
    for point in islice(sobol_points(space, request.seed, request.number), _START_TRIES):
        config = space.decode(point)
        if space.is_feasible(config) and config not in tried:
            return _Choice(config, {"phase": "start"})
    return None


def _modelled(request: SearchRequest, model: _Model, told: Told, tried: Tried) -> _Choice | None:
    """Return the new point with the largest expected improvement, or None where no candidate is new."""
    if not len(model.units):
        return None
    design = model.design
    is_exploring = request.number % _EXPLORING == _EXPLORING - 1
    running = _points(design, told.running[-_PENDING:])
    surrogate = model.surrogate(is_linear=is_exploring).with_pending(design.features(running))
    proposals = Proposals(design, surrogate, model.units, running, _MARGIN if is_exploring else 0.0)
    for point in proposals.ranked(request.generator()):
        config = design.space.decode(point.tolist())
        if config not in tried:
            phase = "explore" if is_exploring else "improve"
            return _Choice(config, {"phase": phase, "pending": len(running)} | _expected(request, proposals, point))
    return None


def best_and_spread(outcomes: Sequence[Outcome], count: int) -> list[Outcome]:
    """Return at most `count` outcomes in their order: the best half, and others evenly spread over the order."""
    if len(outcomes) <= count:
        return list(outcomes)
    order = np.argsort([outcome.losses[0] for outcome in outcomes], kind="stable")
    best, rest = order[: count // 2], np.sort(order[count // 2 :])
    spread = rest[np.linspace(0, len(rest) - 1, count - len(best)).round().astype(np.intp)]
    return [outcomes[i] for i in np.sort(np.concatenate([best, spread])).tolist()]


def _placed(design: Design, outcomes: Sequence[Outcome]) -> tuple[Array, Array]:
    """Return the points [n, d] and values [n] of the outcomes that fit the space as it is now."""
    units = [design.units_of(outcome.config) for outcome in outcomes]
    kept = [i for i, unit in enumerate(units) if unit is not None]
    values = np.array([outcomes[i].losses[0] for i in kept])
    return np.array([units[i] for i in kept]), np.clip(values, -_LARGEST, _LARGEST)


def _points(design: Design, configs: Sequence[Mapping[str, Any]]) -> Array:
    units = [unit for config in configs if (unit := design.units_of(config)) is not None]
    return np.array(units).reshape(len(units), len(design.space.parameters))


def _expected(request: SearchRequest, proposals: Proposals, point: Array) -> dict[str, float]:
    """Return what the model expects of a point, in the metric's own direction."""
    outlook = proposals.outlook(point)
    sign = -1.0 if request.config["metric"]["goal"] == "maximize" else 1.0
    return {
        "expected_improvement": outlook.improvement,
        "predicted_mean": sign * outlook.mean,
        "predicted_deviation": outlook.deviation,
    }
