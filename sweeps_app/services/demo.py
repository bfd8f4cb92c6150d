"""The sweep that a new installation begins with."""

from typing import Any

from django.db import transaction

from sweeps_app.models import Sweep, User
from sweeps_app.services.job_launch import job_launch
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
    "run_cap": 60,
    "seed": 1,
    "parameters": {
        "model": {"values": ["network", "trees"]},
        "network": {
            "when": {"model": ["network"]},
            "parameters": {
                "activation": {"values": ["relu", "tanh"]},
                "learning_rate": {"distribution": "log_uniform_values", "min": 0.0002, "max": 0.1},
                "width": {"values": [8, 16, 32, 64, 128]},
            },
        },
        "trees": {
            "when": {"model": ["trees"]},
            "parameters": {
                "depth": {"min": 1, "max": 4},
                "learning_rate": {"distribution": "log_uniform_values", "min": 0.02, "max": 0.4},
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
