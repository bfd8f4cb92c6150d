"""Problems of `benchmarks/search.py`: a sweep's parameters, the value of a config, and the smallest value there is.

All are minimised and all optima are known, so that a result is a regret: the value found less the optimum.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

BRANIN_OPTIMUM = 0.39788735772973816
HARTMANN_OPTIMUM = -3.3223680114155147

DIGITS = Path(__file__).parent / "data" / "digits_mlp.json"


@dataclass(frozen=True)
class Problem:
    """`parameters` is a sweep's; `value` is without noise; runs see it with normal noise of deviation `noise`."""

    name: str
    parameters: dict[str, dict[str, Any]]
    value: Callable[[Mapping[str, Any]], float]
    optimum: float
    noise: float = 0.0

    @property
    def config(self) -> dict[str, Any]:
        """The sweep's config, without its method."""
        return {"metric": {"name": "loss", "goal": "minimize"}, "parameters": self.parameters}


def branin(config: Mapping[str, Any]) -> float:
    """Branin on [-5, 10] x [0, 15]: three optima of 0.397887."""
    x, y = config["x"], config["y"]
    bowl = (y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6) ** 2
    return bowl + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


_HARTMANN_A = np.array(
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
)
_HARTMANN_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)
_HARTMANN_C = np.array([1.0, 1.2, 3.0, 3.2])


def hartmann6(config: Mapping[str, Any]) -> float:
    """Hartmann on [0, 1]^6: the optimum is -3.32237, and there are local ones."""
    x = np.array([config[f"x{i}"] for i in range(6)])
    return float(-_HARTMANN_C @ np.exp(-np.sum(_HARTMANN_A * (x - _HARTMANN_P) ** 2, axis=1)))


def rosenbrock5(config: Mapping[str, Any]) -> float:
    """Rosenbrock in 5 dimensions: a curved valley with the optimum 0 at (1, ..., 1).

    Both usual domains are used: [-2.048, 2.048]^5, with values up to 15,000, and [-5, 10]^5, up to 3,300,000.
    """
    x = np.array([config[f"x{i}"] for i in range(5)])
    return float(np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))


_ACTIVATIONS = {"relu": 0.0, "gelu": 0.15, "tanh": 0.35, "sigmoid": 0.8}
_BATCH_COST = 0.05


def mixed(config: Mapping[str, Any]) -> float:
    """Two floats, two on a log scale, two ints and two categories that act on one another; the optimum is 0.

    The best learning rate depends on the activation, the best weight decay on the number of layers.
    """
    lr, decay = math.log10(config["lr"]), math.log10(config["weight_decay"])
    shift = 0.5 * _ACTIVATIONS[config["activation"]]
    return (
        0.6 * (lr + 2.5 + shift) ** 2
        + 0.1 * (decay + 4 - 0.3 * (config["layers"] - 4)) ** 2
        + 1.5 * (config["dropout"] - 0.2) ** 2
        + 0.8 * (config["momentum"] - 0.9) ** 2
        + 0.08 * (config["layers"] - 4) ** 2
        + _BATCH_COST * abs(config["batch"] - 6)
        + _ACTIVATIONS[config["activation"]]
        + (0.0 if config["norm"] == "layer" else 0.2 + 0.5 * config["dropout"])
    )


_MODEL_OFFSET = {"linear": 0.4, "forest": 0.15, "network": 0.0}


def conditional(config: Mapping[str, Any]) -> float:
    """Three kinds of model, each with parameters of its own; a network's best has the optimum 0."""
    kind = config["model"]
    offset = _MODEL_OFFSET[kind]
    if kind == "linear":
        return offset + 0.05 * (math.log10(config["c"]) - 1) ** 2
    if kind == "forest":
        return offset + 0.01 * (config["depth"] - 12) ** 2 + 0.5 * (config["features"] - 0.3) ** 2
    rate = 0.4 * (math.log10(config["lr"]) + 3) ** 2
    dropout = 0.0 if config["layers"] < 3 else 0.8 * (config["dropout"] - 0.1) ** 2
    return offset + rate + 0.1 * (config["layers"] - 3) ** 2 + dropout


def _digits_axes(parameters: Mapping[str, Mapping[str, Any]]) -> list[list[Any]]:
    axes = []
    for parameter in parameters.values():
        if "values" in parameter:
            axes.append(list(parameter["values"]))
        else:
            step = parameter.get("q", 1)
            count = round((parameter["max"] - parameter["min"]) / step)
            axes.append([parameter["min"] + i * step for i in range(count + 1)])
    return axes


DIGITS_PARAMETERS: dict[str, dict[str, Any]] = {
    "log10_lr": {"distribution": "q_uniform", "min": -4.0, "max": -0.5, "q": 0.5},
    "log10_alpha": {"distribution": "q_uniform", "min": -6.0, "max": 0.0, "q": 2.0},
    "log2_width": {"min": 3, "max": 7},
    "log2_batch": {"min": 5, "max": 7},
    "layers": {"min": 1, "max": 2},
    "activation": {"values": ["relu", "tanh", "logistic"]},
}


def digits_grid() -> list[dict[str, Any]]:
    """Return every config of the digits problem, in the order of the recorded losses."""
    points: list[dict[str, Any]] = [{}]
    for name, axis in zip(DIGITS_PARAMETERS, _digits_axes(DIGITS_PARAMETERS), strict=True):
        points = [{**point, name: value} for point in points for value in axis]
    return points


def _digits_key(config: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(v if isinstance(v := config[name], str) else round(v, 3) for name in DIGITS_PARAMETERS)


def _digits_problem() -> Problem:
    losses: list[float] = json.loads(DIGITS.read_text())["losses"]
    table = {_digits_key(point): loss for point, loss in zip(digits_grid(), losses, strict=True)}
    return Problem("digits", DIGITS_PARAMETERS, lambda config: table[_digits_key(config)], min(losses))


def _cube(names: int, low: float, high: float) -> dict[str, dict[str, Any]]:
    return {f"x{i}": {"min": low, "max": high} for i in range(names)}


def _problems() -> list[Problem]:
    log, only = "log_uniform_values", {"network": ["network"], "forest": ["forest"], "linear": ["linear"]}
    mixed_parameters = {
        "lr": {"distribution": log, "min": 1e-5, "max": 1.0},
        "weight_decay": {"distribution": log, "min": 1e-7, "max": 0.1},
        "dropout": {"min": 0.0, "max": 0.9},
        "momentum": {"min": 0.0, "max": 1.0},
        "layers": {"min": 1, "max": 10},
        "batch": {"min": 2, "max": 10},
        "activation": {"values": list(_ACTIVATIONS)},
        "norm": {"values": ["none", "batch", "layer"]},
    }
    conditional_parameters = {
        "model": {"values": list(_MODEL_OFFSET)},
        "c": {"distribution": log, "min": 1e-4, "max": 1e4, "when": {"model": only["linear"]}},
        "depth": {"min": 1, "max": 32, "when": {"model": only["forest"]}},
        "features": {"min": 0.05, "max": 1.0, "when": {"model": only["forest"]}},
        "lr": {"distribution": log, "min": 1e-6, "max": 1.0, "when": {"model": only["network"]}},
        "layers": {"min": 1, "max": 8, "when": {"model": only["network"]}},
        "dropout": {"min": 0.0, "max": 0.9, "when": {"layers": [3, 4, 5, 6, 7, 8]}},
    }
    return [
        Problem("branin", {"x": {"min": -5.0, "max": 10.0}, "y": {"min": 0.0, "max": 15.0}}, branin, BRANIN_OPTIMUM),
        Problem("hartmann6", _cube(6, 0.0, 1.0), hartmann6, HARTMANN_OPTIMUM),
        Problem("mixed", mixed_parameters, mixed, 0.0),
        Problem("rosenbrock5", _cube(5, -2.048, 2.048), rosenbrock5, 0.0),
        Problem("rosenbrock5 wide", _cube(5, -5.0, 10.0), rosenbrock5, 0.0),
        Problem("noisy", _cube(6, 0.0, 1.0), hartmann6, HARTMANN_OPTIMUM, noise=0.1),
        Problem("conditional", conditional_parameters, conditional, 0.0),
    ]


def problems() -> dict[str, Problem]:
    """Return the problems by name."""
    return {problem.name: problem for problem in [*_problems(), _digits_problem()]}
