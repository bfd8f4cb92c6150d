"""The side of `benchmarks/conformance.py` that runs where the package `sweeps` is installed: JSON in, JSON out."""

import json
import sys

import numpy as np
from sweeps import RunState, SweepRun
from sweeps.config import SweepConfig
from sweeps.grid_search import grid_search_next_runs
from sweeps.hyperband_stopping import hyperband_stop_runs
from sweeps.params import HyperParameter

MAX_POINTS = 1_000


def is_accepted(config):
    """Tell whether the package takes a config; it refuses by several kinds of exception."""
    try:
        SweepConfig(config)
    except Exception:
        return False
    return True


def quantiles(config, units):
    """Return the value at each u as plain JSON."""
    parameter = HyperParameter("x", config)
    return [_plain(parameter.ppf(u)) for u in units]


def grid(parameters):
    """Return all points in order, each as a nested config."""
    config = {"method": "grid", "parameters": parameters}
    runs = grid_search_next_runs([], config, n=MAX_POINTS)
    return [{name: entry["value"] for name, entry in run.config.items()} for run in runs if run is not None]


def bands(early_terminate):
    """Return the bands of hyperband."""
    run = SweepRun(name="a", state=RunState.running, sampledHistory=[{"loss": 1.0}], summaryMetrics={"loss": 1.0})
    config = {
        "method": "random",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"x": {"value": 1}},
        "early_terminate": {"type": "hyperband", **early_terminate},
    }
    hyperband_stop_runs([run], config)
    return run.early_terminate_info["bands"]


def _plain(value):
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value


def main():
    """Answer what stands on the standard input."""
    asked = json.load(sys.stdin)
    answer = {
        "configs": [is_accepted(config) for config in asked["configs"]],
        "laws": [quantiles(config, asked["units"]) for config in asked["laws"]],
        "grids": [grid(parameters) for parameters in asked["grids"]],
        "bands": [bands(early_terminate) for early_terminate in asked["bands"]],
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
