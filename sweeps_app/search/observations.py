"""What a model learns from trials: values to minimise, with failures filled in, and points that are still running."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweeps_app.search.kernels import Array
from sweeps_app.search.request import SearchRequest
from sweeps_app.search.trials import Trial

Config = Mapping[str, Any]
_LARGEST = 1e100  # far enough from the largest double that its square is one too


@dataclass(frozen=True, eq=False)
class Observations:
    """`configs` with their `values` [n], negated for `maximize`, and the configs of runs without a value yet."""

    configs: Sequence[Config]
    values: Array
    pending: Sequence[Config]

    def best_and_spread(self, count: int) -> "Observations":
        """Return at most `count` observations: the best half, and others evenly spread over the order of the runs."""
        if len(self.configs) <= count:
            return self
        order = np.argsort(self.values, kind="stable")
        best, rest = order[: count // 2], np.sort(order[count // 2 :])
        spread = rest[np.linspace(0, len(rest) - 1, count - len(best)).round().astype(np.intp)]
        kept = np.sort(np.concatenate([best, spread]))
        return Observations([self.configs[i] for i in kept.tolist()], self.values[kept], self.pending)


def observations(request: SearchRequest) -> Observations:
    """Return what the request's trials tell of the first metric.

    A failed run without a value of its own counts as the worst value seen, or 0 before any. With `impute` of `worst` it
    does so even with a value; `impute_while_running` says the same of running runs, which are pending otherwise.
    """
    metric = request.config["metric"]
    sign = -1.0 if metric.get("goal") == "maximize" else 1.0
    measured = [_value(trial, sign) for trial in request.trials]
    pairs = list(zip(request.trials, measured, strict=True))
    seen = [value for trial, value in pairs if value is not None and trial.state == "finished"]
    worst = max(seen, default=0.0)
    rules = {
        "finished": "own",
        "failed": metric.get("impute", "worst"),
        "running": metric.get("impute_while_running", False),
    }
    configs: list[Config] = []
    values: list[float] = []
    pending: list[Config] = []
    for trial, value in pairs:
        rule = rules[trial.state]
        if rule is False or (trial.state == "running" and value is None and rule != "worst"):
            pending.append(trial.config)
        else:
            configs.append(trial.config)
            values.append(worst if value is None or rule == "worst" else value)
    return Observations(configs, np.array(values), pending)


def _value(trial: Trial, sign: float) -> float | None:
    value = trial.values[0] if trial.values else None
    if value is None or not math.isfinite(value):
        return None
    return sign * min(max(float(value), -_LARGEST), _LARGEST)
