"""What further runs cost."""

import numpy as np
import pytest

from sweeps_app.analysis.cost import run_cost

SECONDS = np.array([10.0, 20.0, 30.0, 40.0, 100.0, np.nan])


def test_compute_is_the_mean_of_each_run_and_agents_work_in_rounds():
    cost = run_cost(SECONDS, runs=10, agents=4)
    assert cost is not None
    assert (cost.median, cost.compute, cost.wall) == (30.0, 400.0, 3 * 40.0)
    assert cost.ninetieth == pytest.approx(76.0)
    assert cost.slow == pytest.approx(3 * 76.0)


def test_what_nobody_knows_is_none():
    assert run_cost(np.array([]), runs=10, agents=1) is None
    assert run_cost(np.array([np.nan]), runs=10, agents=1) is None
    endless = run_cost(SECONDS, runs=None, agents=2)
    assert endless is not None
    assert endless.median == 30.0
    assert endless[2:] == (None, None, None)
