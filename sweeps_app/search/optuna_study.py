"""The adapter between a space and Optuna: a study in memory, made anew for each suggestion from what is known.

Optuna sees the axes of the space's `Design`: categories by their index, evenly spaced numbers with few values by
theirs, all others as a float from 0 to 1, their cumulative probability. So logarithmic, normal and beta laws are what
they are to the space, and bounds, steps and conditions are kept by construction.

Points are rows of (0, 1]^d, one coordinate a parameter of the space.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from sweeps_app.search.axes import Axis
from sweeps_app.search.candidates import SMALLEST_UNIT
from sweeps_app.search.design import design_of
from sweeps_app.search.kernels import Array
from sweeps_app.search.parameters import Parameter, dependency_order
from sweeps_app.search.space import Space

# Part of what replays a suggestion.
LIBRARY = f"optuna {optuna.__version__}"

_EVEN = ("int_uniform", "q_uniform")
# Optuna's TPE keeps a weight for each pair of a trial and a category.
_MAX_CATEGORIES = 1_000
_ABSENT = 0.5

optuna.logging.set_verbosity(optuna.logging.WARNING)  # it would tell of each study that is made


class StudySpace:
    """A space as Optuna sees it."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.design = design_of(space)
        self._axes = {axis.position: axis for axis in self.design.axes}
        self._laws = {i: _law(space.parameters[i], axis) for i, axis in self._axes.items()}

    @cached_property
    def _in_order(self) -> list[tuple[int, Parameter]]:
        """The parameters with their positions, each behind those that its conditions ask for."""
        parameters = self.space.parameters
        index = {parameter.name: i for i, parameter in enumerate(parameters)}
        return [(index[name], parameters[index[name]]) for name in dependency_order(parameters)]

    def place(self, configs: Iterable[Mapping[str, Any]]) -> tuple[list[int], Array]:
        """Return the indices of the configs that fit the space as it is now, and their points [n, d]."""
        points = {i: units for i, config in enumerate(configs) if (units := self.design.units_of(config)) is not None}
        return list(points), np.array(list(points.values())).reshape(len(points), len(self.space.parameters))

    def finished(self, units: Array, present: NDArray[np.bool_], losses: Array) -> list[FrozenTrial]:
        """Return a finished trial for each row: a point, which parameters are there, and its losses."""
        rows = zip(units.tolist(), present.tolist(), losses.tolist(), strict=True)
        return [self._trial(TrialState.COMPLETE, *row) for row in rows]

    def running(self, units: Array, present: NDArray[np.bool_]) -> list[FrozenTrial]:
        """Return a running trial for each row."""
        rows = zip(units.tolist(), present.tolist(), strict=True)
        return [self._trial(TrialState.RUNNING, *row) for row in rows]

    def ask_present(self, trial: Trial) -> list[float]:
        """Return the point that a new trial is given, asking for the parameters that are present only."""
        units = [_ABSENT] * len(self.space.parameters)
        active: dict[str, Any] = {}
        for i, parameter in self._in_order:
            if parameter.is_active(active):
                units[i] = self._asked(trial, i)
                active[parameter.name] = parameter.distribution.quantile(units[i])
        return units

    def ask_all(self, trial: Trial) -> list[float]:
        """Return the point that a new trial is given, asking for every parameter."""
        return [self._asked(trial, i) for i in range(len(self.space.parameters))]

    def _trial(
        self, state: TrialState, units: list[float], present: list[bool], losses: list[float] | None = None
    ) -> FrozenTrial:
        laws: dict[str, BaseDistribution] = {str(i): law for i, law in self._laws.items() if present[i]}
        params = {name: self._to_optuna(int(name), units[int(name)]) for name in laws}
        return create_trial(state=state, values=losses, params=params, distributions=laws)

    def _to_optuna(self, position: int, unit: float) -> float:
        if isinstance(self._laws[position], FloatDistribution):
            return unit
        return int(self._axes[position].level(np.array([unit]))[0])

    def _asked(self, trial: Trial, position: int) -> float:
        if position not in self._axes:
            return 1.0
        law, name = self._laws[position], str(position)
        if isinstance(law, FloatDistribution):
            return max(float(trial.suggest_float(name, law.low, law.high)), SMALLEST_UNIT)
        if isinstance(law, CategoricalDistribution):
            level = trial.suggest_categorical(name, range(len(law.choices)))
        else:
            level = trial.suggest_int(name, law.low, law.high)
        return float(self._axes[position].centres[level])


@lru_cache(maxsize=32)
def study_space_of(space: Space) -> StudySpace:
    """Return the adapter of a space; the same object for the same one."""
    return StudySpace(space)


def study_of(sampler: BaseSampler, trials: Sequence[FrozenTrial], metrics: int) -> optuna.Study:
    """Return a study in memory that minimises so many metrics and knows `trials`."""
    study = optuna.create_study(directions=["minimize"] * metrics, sampler=sampler)
    study.add_trials(trials)
    return study


def _law(parameter: Parameter, axis: Axis) -> FloatDistribution | IntDistribution | CategoricalDistribution:
    last = len(axis.levels) - 1
    if axis.kind == "category" and last < _MAX_CATEGORIES:
        return CategoricalDistribution(tuple(range(last + 1)))
    if axis.kind == "category" or (axis.kind == "ordered" and parameter.law in _EVEN):
        return IntDistribution(0, last)
    return FloatDistribution(0.0, 1.0)
