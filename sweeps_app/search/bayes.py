"""Bayesian optimisation: a space-filling start, then the largest expected improvement under a Gaussian process."""

from typing import Any

import numpy as np
from scipy.stats import qmc

from sweeps_app.search.blas import use_one_thread
from sweeps_app.search.candidates import inside
from sweeps_app.search.design import Design, design_of
from sweeps_app.search.kernels import Array
from sweeps_app.search.observations import Observations, observations
from sweeps_app.search.proposals import Proposals
from sweeps_app.search.request import SearchRequest, Suggested, suggested
from sweeps_app.search.space import Space, space_from_config
from sweeps_app.search.surrogate import fit_surrogate
from sweeps_app.search.untried import Tried, draw_untried

VERSION = 1

_ENCODED = 500
_PENDING = 100


def start_size(axes: int) -> int:
    """Return how many results the model waits for in a space with so many parameters that vary."""
    return min(max(6, axes + 4), 20)


def suggest_bayes(request: SearchRequest) -> Suggested | None:
    """Return the configuration with the largest expected improvement, or None when every one has been tried.

    Until enough results are in, suggestion k is point k of a scrambled Sobol sequence.
    """
    use_one_thread()
    space = space_from_config(request.config)
    design = design_of(space)
    seen = observations(request)
    tried = Tried([trial.config for trial in request.trials])
    enough = len(seen.configs) >= start_size(len(design.axes)) and len(design.axes) > 0
    found = _modelled(request, design, seen, tried) if enough else _spread(request, space, tried)
    if found is None:
        config = draw_untried(space, tried, request.generator())
        found = None if config is None else (config, {"phase": "left over"})
    return found and suggested(request, found[0], version=VERSION, observations=len(seen.configs), **found[1])


def _spread(request: SearchRequest, space: Space, tried: Tried) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the Sobol point of this number, or None where a constraint forbids it or a run has had it."""
    sequence = qmc.Sobol(len(space.parameters), scramble=True, rng=np.random.Generator(np.random.PCG64(request.seed)))
    if request.number:
        sequence.fast_forward(request.number)
    config = space.decode(inside(sequence.random(1))[0].tolist())
    return (config, {"phase": "start"}) if space.is_feasible(config) and config not in tried else None


def _modelled(
    request: SearchRequest, design: Design, seen: Observations, tried: Tried
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the untried point with the largest expected improvement, or None where the candidates are all tried."""
    seen = seen.best_and_spread(_ENCODED)
    units, values = _placed(design, seen)
    if not len(units):
        return None
    surrogate = fit_surrogate(design, units, values)
    pending = [unit for config in seen.pending[-_PENDING:] if (unit := design.units_of(config)) is not None]
    if pending:
        surrogate = surrogate.with_pending(design.features(np.array(pending)))
    proposals = Proposals(design, surrogate, units)
    for point in proposals.ranked(request.generator()):
        config = design.space.decode(point.tolist())
        if config not in tried:
            return config, {"phase": "model", "pending": len(pending)} | _told(request, proposals, point)
    return None


def _told(request: SearchRequest, proposals: Proposals, point: Array) -> dict[str, float]:
    outlook = proposals.outlook(point)
    sign = -1.0 if request.config["metric"].get("goal") == "maximize" else 1.0
    return {
        "expected_improvement": outlook.improvement,
        "predicted_mean": sign * outlook.mean,
        "predicted_deviation": outlook.deviation,
    }


def _placed(design: Design, seen: Observations) -> tuple[Array, Array]:
    """Return the points [n, d] and values [n] of the observations that fit the space as it is now."""
    units = [design.units_of(config) for config in seen.configs]
    kept = [i for i, unit in enumerate(units) if unit is not None]
    return np.array([units[i] for i in kept]), seen.values[kept]
