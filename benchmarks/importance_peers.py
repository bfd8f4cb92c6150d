"""The importance of parameters by Sweepdeck, by a plain forest of scikit-learn, and by Optuna's fANOVA."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import train_test_split

from sweeps_app.analysis.encoding import ParameterAxis
from sweeps_app.analysis.features import encode_configs
from sweeps_app.analysis.importance import parameter_importance
from sweeps_app.analysis.results import Importance

Configs = Sequence[Mapping[str, Any]]
Values = NDArray[np.float64]
Shares = dict[str, float]


def sweepdeck(configs: Configs, axes: Sequence[ParameterAxis], values: Values) -> Importance:
    """Return ours, with interactions and partial dependence."""
    return parameter_importance(encode_configs(configs, axes), values, seed=0)


def plain_forest(configs: Configs, axes: Sequence[ParameterAxis], values: Values) -> Shares:
    """Return what the documentation of scikit-learn shows: 100 trees, a fifth held out, five permutations a feature."""
    encoded = encode_configs(configs, axes)
    train, test, y_train, y_test = train_test_split(encoded.matrix, values, test_size=0.2, random_state=0)
    forest = RandomForestRegressor(100, random_state=0).fit(train, y_train)
    found = permutation_importance(forest, test, y_test, n_repeats=5, random_state=0).importances_mean
    shares = dict.fromkeys((column.axis.name for column in encoded.columns), 0.0)
    for owner, value in zip(encoded.owners, found.clip(min=0), strict=True):
        shares[encoded.columns[owner].axis.name] += float(value)
    total = sum(shares.values()) or 1.0
    return {name: value / total for name, value in shares.items()}


def fanova(configs: Configs, axes: Sequence[ParameterAxis], values: Values) -> Shares:
    """Return fANOVA's, which leaves out parameters that not all runs have."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(0))
    laws = {axis.name: _law(axis, configs) for axis in axes}
    study.add_trials(
        [
            optuna.trial.create_trial(
                params=dict(config), distributions={name: laws[name] for name in config}, value=float(value)
            )
            for config, value in zip(configs, values.tolist(), strict=True)
        ]
    )
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    return dict(optuna.importance.get_param_importances(study, evaluator=evaluator))


def _law(axis: ParameterAxis, configs: Configs) -> optuna.distributions.BaseDistribution:
    if axis.kind == "number":
        return optuna.distributions.FloatDistribution(0.0, 1.0)
    return optuna.distributions.CategoricalDistribution(sorted({c[axis.name] for c in configs if axis.name in c}))
