"""The distributions of parameters by their names in a config."""

from collections.abc import Mapping

from sweeps_app.search.categories import Categorical, Constant, IntUniform, WeightedCategorical
from sweeps_app.search.law import Distribution, json_key
from sweeps_app.search.quantised import QBeta, QLogNormal, QLogUniform, QLogUniformValues, QNormal, QUniform
from sweeps_app.search.reals import (
    Beta,
    InvLogUniform,
    InvLogUniformValues,
    LogNormal,
    LogUniform,
    LogUniformValues,
    Normal,
    Uniform,
)

__all__ = ["DISTRIBUTIONS", "Categorical", "Distribution", "IntUniform", "WeightedCategorical", "json_key"]

DISTRIBUTIONS: Mapping[str, type[Distribution]] = {
    "constant": Constant,
    "categorical": Categorical,
    "categorical_w_probabilities": WeightedCategorical,
    "int_uniform": IntUniform,
    "uniform": Uniform,
    "q_uniform": QUniform,
    "log_uniform": LogUniform,
    "log_uniform_values": LogUniformValues,
    "q_log_uniform": QLogUniform,
    "q_log_uniform_values": QLogUniformValues,
    "inv_log_uniform": InvLogUniform,
    "inv_log_uniform_values": InvLogUniformValues,
    "normal": Normal,
    "q_normal": QNormal,
    "log_normal": LogNormal,
    "q_log_normal": QLogNormal,
    "beta": Beta,
    "q_beta": QBeta,
}
