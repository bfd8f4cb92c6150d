"""The sweep that a new installation begins with."""

from typing import Any

from django.db import transaction

from sweeps_app.models import Sweep, User
from sweeps_app.services.jobs import job_launch
from sweeps_app.services.sweeps import sweep_create

PROGRAM = "digits"
AGENTS = 2

# The names in it are what sweeps_app/programs/digits.py reads.
CONFIG: dict[str, Any] = {
    "name": "Two ways to read digits",
    "description": "A small neural network or boosted trees on the digits of scikit-learn, each with its own settings.",
    "project": "digits",
    "method": "random",
    "metric": {"name": "val_loss", "goal": "minimize"},
    "run_cap": 48,
    "parameters": {
        "model": {"values": ["network", "trees"]},
        "network": {
            "when": {"model": ["network"]},
            "parameters": {
                "layers": {"values": [1, 2]},
                "width": {"values": [8, 16, 32, 64, 128]},
                "activation": {"values": ["relu", "tanh"]},
                "learning_rate": {"distribution": "log_uniform_values", "min": 0.0003, "max": 0.1},
                "weight_decay": {"distribution": "log_uniform_values", "min": 0.00001, "max": 0.1},
                "batch_size": {"values": [16, 32, 64, 128]},
            },
        },
        "trees": {
            "when": {"model": ["trees"]},
            "parameters": {
                "depth": {"min": 1, "max": 4},
                "learning_rate": {"distribution": "log_uniform_values", "min": 0.03, "max": 0.6},
                "subsample": {"min": 0.3, "max": 1.0},
            },
        },
    },
}


@transaction.atomic
def demo_start(*, user: User) -> Sweep:
    """Register the demo's sweep for `user` with agent jobs that run it; doing so again changes nothing."""
    result = sweep_create(user=user, config=CONFIG, request_id="demo")
    if result.created:
        for _ in range(AGENTS):
            job_launch(user=user, sweep=result.sweep, program=PROGRAM)
    return result.sweep
