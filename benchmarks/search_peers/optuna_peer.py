"""Optuna's samplers: `python optuna_peer.py tpe` or `gp`, in an environment of their own."""

import sys
import warnings
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from protocol import is_present, serve

SAMPLERS = {"tpe": optuna.samplers.TPESampler, "gp": optuna.samplers.GPSampler}


def distribution_of(parameter: dict[str, Any]) -> BaseDistribution:
    """Return the distribution that a user of Optuna would choose for a sweep's parameter."""
    if "values" in parameter:
        return CategoricalDistribution(parameter["values"])
    low, high, law = parameter["min"], parameter["max"], parameter.get("distribution")
    if law == "log_uniform_values":
        return FloatDistribution(low, high, log=True)
    if law == "q_uniform":
        return FloatDistribution(low, high, step=parameter["q"])
    if isinstance(low, int) and isinstance(high, int):
        return IntDistribution(low, high)
    return FloatDistribution(low, high)


class OptunaPeer:
    """A sampler with its defaults, asked and told as in Optuna's manual."""

    def __init__(self, sampler: str) -> None:
        self._sampler = sampler

    def begin(self, config: dict[str, Any], seed: int) -> None:
        self._parameters = config["parameters"]
        self._distributions = {name: distribution_of(p) for name, p in self._parameters.items()}
        self._study = optuna.create_study(sampler=SAMPLERS[self._sampler](seed=seed))

    def load(self, trials: list[tuple[dict[str, Any], float]]) -> None:
        for config, value in trials:
            known = {name: self._distributions[name] for name in config}
            self._study.add_trial(optuna.trial.create_trial(params=config, distributions=known, value=value))

    def ask(self) -> dict[str, Any] | None:
        self._trial = self._study.ask()
        chosen: dict[str, Any] = {}
        for name, parameter in self._parameters.items():
            if is_present(parameter, chosen):
                chosen[name] = self._trial._suggest(name, self._distributions[name])
        return chosen

    def tell(self, config: dict[str, Any], value: float) -> None:
        del config
        self._study.tell(self._trial, value)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    serve(OptunaPeer(sys.argv[1]))
