"""What a sweep will cost, in words, by the times of earlier runs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.formatting import duration
from sweeps_app.analysis.cost import run_cost


class CostText(NamedTuple):
    """The estimate, and what it is based on."""

    estimate: str
    basis: str


def cost_text(
    seconds: NDArray[np.float64], *, runs: int | None, agents: int, source: str, stops_early: bool
) -> CostText:
    """Return what `runs` runs will cost with `agents` agents.

    `seconds` are the times of earlier runs of `source`, such as "this project"; `stops_early` tells that the sweep has
    a stopping rule.
    """
    cost = run_cost(seconds, runs=runs, agents=agents)
    if cost is None:
        return CostText(
            "The cost is unknown.", f"No run of {source} has ended yet, so nothing tells how long one takes."
        )
    count = f"{seconds.size:,} run{'' if seconds.size == 1 else 's'} of {source} that ended"
    basis = f"By {count}: {duration(cost.median)} in the median, nine of ten within {duration(cost.ninetieth)}."
    if stops_early:
        basis += " Runs stopped early count with the time that they took; another rule stops others."
    with_agents = f"with {agents:,} agent{'' if agents == 1 else 's'}"
    if cost.compute is None or cost.wall is None or cost.slow is None:
        return CostText(
            f"About {duration(cost.median)} a run; without an end, nobody knows the whole. Set run_cap.", basis
        )
    if runs == 0:
        return CostText("No further run will start.", basis)
    return CostText(
        f"About {duration(cost.wall)} {with_agents}, {duration(cost.compute)} of compute; "
        f"up to {duration(cost.slow)} if every run is as slow as the slowest tenth.",
        basis,
    )
