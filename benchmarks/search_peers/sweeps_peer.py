"""The public package `sweeps`: `python sweeps_peer.py bayes`, in an environment of its own.

It has no conditional parameters, so that a search of them sees all parameters at once, as its users have to do.
"""

import sys
import warnings
from typing import Any

import numpy as np
import sweeps
from protocol import is_present, serve


class SweepsPeer:
    """`sweeps.next_run` with the runs so far."""

    def __init__(self, method: str) -> None:
        self._method = method

    def begin(self, config: dict[str, Any], seed: int) -> None:
        self._parameters = config["parameters"]
        plain = {name: {k: v for k, v in p.items() if k != "when"} for name, p in self._parameters.items()}
        self._config = sweeps.config.cfg.SweepConfig({**config, "parameters": plain, "method": self._method})
        self._runs: list[sweeps.SweepRun] = []
        np.random.seed(seed)

    def load(self, trials: list[tuple[dict[str, Any], float]]) -> None:
        for config, value in trials:
            filled = {name: {"value": config.get(name, self._any_value(name))} for name in self._parameters}
            self._runs.append(self._run(filled, value))

    def ask(self) -> dict[str, Any] | None:
        found = sweeps.next_run(self._config, self._runs)
        if found is None:
            return None
        self._asked = found.config
        chosen: dict[str, Any] = {}
        for name, parameter in self._parameters.items():
            if is_present(parameter, chosen):
                value = found.config[name]["value"]
                chosen[name] = value.item() if isinstance(value, np.generic) else value
        return chosen

    def tell(self, config: dict[str, Any], value: float) -> None:
        del config
        self._runs.append(self._run(self._asked, value))

    def _run(self, config: dict[str, Any], value: float) -> sweeps.SweepRun:
        name = f"run{len(self._runs)}"
        return sweeps.SweepRun(name=name, config=config, state="finished", summaryMetrics={"loss": value})

    def _any_value(self, name: str) -> Any:
        parameter = self._parameters[name]
        return parameter["values"][0] if "values" in parameter else parameter["min"]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    serve(SweepsPeer(sys.argv[1]))
