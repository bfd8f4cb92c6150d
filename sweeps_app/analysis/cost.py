"""How long runs to come will take, from how long earlier ones took."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Cost(NamedTuple):
    """Seconds: of one run the median and what nine of ten do not exceed; of all runs the compute, and until the end.

    `slow` is until the end where each run takes as long as the slowest tenth. `compute`, `wall` and `slow` are None
    where nobody knows how many runs there will be.
    """

    median: float
    ninetieth: float
    compute: float | None
    wall: float | None
    slow: float | None


def run_cost(seconds: NDArray[np.float64], *, runs: int | None, agents: int) -> Cost | None:
    """Return what `runs` runs will cost with `agents` agents that make one at a time; None without earlier runs.

    The compute is the mean times `runs`, which is what a sum of many tends to; agents work ceil(runs / agents) rounds.
    """
    known = seconds[np.isfinite(seconds) & (seconds >= 0)]
    if not known.size:
        return None
    median, ninetieth = (float(x) for x in np.quantile(known, [0.5, 0.9]))
    if runs is None:
        return Cost(median, ninetieth, None, None, None)
    mean, rounds = float(known.mean()), math.ceil(runs / agents)
    return Cost(median, ninetieth, mean * runs, mean * rounds, ninetieth * rounds)
