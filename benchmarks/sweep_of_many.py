"""The sweep with which pages and tables are measured: ten parameters, three metrics, and values for other tools."""

import math
import random
from typing import Any

CONFIG: dict[str, Any] = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {
        **{f"p{i}": {"min": 0.0, "max": 1.0} for i in range(6)},
        "x": {"min": -1.0, "max": 1.0},
        "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-1},
        "layers": {"values": [1, 2, 3, 4]},
        "optimizer": {"values": ["adam", "lion", "sgd"]},
    },
}
METRICS = ("accuracy", "f1")


def random_runs(count: int) -> list[tuple[dict[str, Any], dict[str, float]]]:
    """Return parameters and last values of so many runs; it needs the standard library alone, as the peers have it."""
    rng = random.Random(1)
    return [_random_run(rng) for _ in range(count)]


def _random_run(rng: random.Random) -> tuple[dict[str, Any], dict[str, float]]:
    parameters = {
        **{f"p{i}": rng.random() for i in range(6)},
        "x": rng.uniform(-1, 1),
        "lr": math.exp(rng.uniform(math.log(1e-5), math.log(1e-1))),
        "layers": rng.randint(1, 4),
        "optimizer": rng.choice(("adam", "lion", "sgd")),
    }
    return parameters, {"loss": abs(parameters["x"]), "accuracy": rng.random(), "f1": rng.random()}
