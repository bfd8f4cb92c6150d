"""The methods `tpe` and `nsga2`: samplers of Optuna behind one adapter.

Both begin with a scrambled Sobol sequence. From then on each suggestion comes from a new sampler with a seed of its
own, which is told a bounded number of results, the best and the newest, and what is running.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np
import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import NSGAIISampler, TPESampler
from optuna.samplers.nsgaii import PolynomialMutation, SBXCrossover
from optuna.trial import FrozenTrial, Trial, TrialState

from sweeps_app.search.first_new import first_new
from sweeps_app.search.optuna_study import LIBRARY, StudySpace, study_of, study_space_of
from sweeps_app.search.pareto import best_first
from sweeps_app.search.quasi_random import sobol_points
from sweeps_app.search.request import SearchRequest, Suggested, suggested
from sweeps_app.search.space import space_from_config
from sweeps_app.search.told import Told, loss_matrix, told_of
from sweeps_app.search.untried import Tried

TPE_VERSION = 1
NSGA2_VERSION = 1

TPE_START = 10
NSGA2_START = 20
POPULATION = 50
# TPE takes at most 25 trials as the good ones, and gives old ones among the others less weight.
_BEST = 100
_NEWEST = 400
_RUNNING = 100
# How many points are looked at for one that is allowed and new: of the start's, and of the sampler's.
_START_TRIES = 256
_TRIES = 8
# A refused point weighs as much as one in so many of all trials.
_REFUSED = 10

with warnings.catch_warnings():
    # They have been "experimental" for years, and are pinned with Optuna's version.
    warnings.simplefilter("ignore", ExperimentalWarning)
    _CROSSOVER = SBXCrossover()
    _MUTATION = PolynomialMutation()


class _Selected(NSGAIISampler):
    """NSGA-II with all finished trials of the study as parents: they are the selection of all that came before."""

    def get_trial_generation(self, study: optuna.Study, trial: FrozenTrial) -> int:  # noqa: ARG002  # Optuna's
        return 1

    def get_parent_population(self, study: optuna.Study, generation: int) -> list[FrozenTrial]:  # noqa: ARG002
        return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def suggest_tpe(request: SearchRequest) -> Iterator[Suggested]:
    """Yield configurations by the tree-structured Parzen estimator, until every one has been tried.

    Conditional parameters are asked for behind those that they depend on. Running configurations count as bad ones
    (the constant liar), so that parallel agents get different points.
    """
    adapter, told = study_space_of(space_from_config(request.config)), told_of(request)
    if len(told.outcomes) < TPE_START:
        return _in_turn(request, told, adapter, "start", TPE_VERSION, partial(_start, adapter))
    losses = loss_matrix(told.outcomes)
    newest = np.arange(max(len(losses) - _NEWEST, 0), len(losses))
    kept = np.union1d(best_first(losses, _BEST), newest)
    fitting, units = adapter.place([told.outcomes[i].config for i in kept.tolist()])
    finished = adapter.finished(units, adapter.design.active(units), losses[kept[fitting]])

    def proposed(request: SearchRequest, told: Told) -> Iterator[list[float]]:
        _, units = adapter.place(told.running[-_RUNNING:])
        trials = finished + adapter.running(units, adapter.design.active(units))
        sampler = TPESampler(seed=_seed(request), constant_liar=True)
        return _asked_tpe(study_of(sampler, trials, losses.shape[1]), adapter)

    return _in_turn(request, told, adapter, "model", TPE_VERSION, proposed)


def suggest_nsga2(request: SearchRequest) -> Iterator[Suggested]:
    """Yield children of two of the best configurations by NSGA-II, until every one has been tried.

    The parents are the best 50 of all that ended, by front and crowding, so that no agent waits for a generation. What
    an absent parameter would be is drawn at random.
    """
    adapter, told = study_space_of(space_from_config(request.config)), told_of(request)
    losses = loss_matrix(told.outcomes)
    best = best_first(losses, POPULATION) if len(told.outcomes) >= NSGA2_START else np.arange(0)
    fitting, units = adapter.place([told.outcomes[i].config for i in best.tolist()])
    if len(fitting) < _CROSSOVER.n_parents:
        return _in_turn(request, told, adapter, "start", NSGA2_VERSION, partial(_start, adapter))

    def proposed(request: SearchRequest, _told: Told) -> Iterator[list[float]]:
        drawn = np.where(adapter.design.active(units), units, 1.0 - request.generator().random(units.shape))
        parents = adapter.finished(drawn, np.ones(units.shape, dtype=np.bool_), losses[best[fitting]])
        sampler = _Selected(population_size=POPULATION, crossover=_CROSSOVER, mutation=_MUTATION, seed=_seed(request))
        return _asked(study_of(sampler, parents, losses.shape[1]), adapter.ask_all)

    return _in_turn(request, told, adapter, "model", NSGA2_VERSION, proposed)


def _start(adapter: StudySpace, request: SearchRequest, _told: Told) -> Iterator[list[float]]:
    return islice(sobol_points(adapter.space, request.seed, request.number), _START_TRIES)


def _asked(study: optuna.Study, ask: Callable[[Trial], list[float]]) -> Iterator[list[float]]:
    return (ask(study.ask()) for _ in range(_TRIES))


def _asked_tpe(study: optuna.Study, adapter: StudySpace) -> Iterator[list[float]]:
    """Yield what TPE proposes. A point that is refused is told as many running trials.

    It would come back to it for long otherwise: a branch that is used up looks to it like one that was hardly tried.
    """
    copies = 1 + len(study.get_trials(deepcopy=False)) // _REFUSED
    for units in _asked(study, adapter.ask_present):
        yield units
        point = np.array([units])
        study.add_trials(copies * adapter.running(point, adapter.design.active(point)))


def _in_turn(
    request: SearchRequest,
    told: Told,
    adapter: StudySpace,
    phase: str,
    version: int,
    proposed: Callable[[SearchRequest, Told], Iterable[Sequence[float]]],
) -> Iterator[Suggested]:
    """Yield the first new one of what is `proposed`, from the number of `request` on."""
    tried = Tried(request.trials)
    details = {"observations": len(told.outcomes), "library": LIBRARY}
    while True:
        found = first_new(adapter.space, tried, proposed(request, told), request.generator())
        if found is None:
            return
        config, is_proposed = found
        yield suggested(request, config, version=version, phase=phase if is_proposed else "left over", **details)
        request = request.at(request.number + 1)
        if tried.add(config):
            told = told.with_running(config)


def _seed(request: SearchRequest) -> int:
    return int(request.generator().integers(2**32))
