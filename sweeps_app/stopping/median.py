"""The median stopping rule: a run stops when its best value is worse than the median of the others' averages.

The averages are those of all values up to the same count. They are compared at checkpoints (`bands.checkpoints`),
an eighth apart, so that the stored averages of a run of any length stay few.

Golovin, Solnik, Moitra, Kochanski, Karro, Sculley: Google Vizier, KDD 2017, section 3.2.2,
https://doi.org/10.1145/3097983.3098043.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from sweeps_app.stopping.bands import checkpoints
from sweeps_app.stopping.compare import counted, described, is_worse
from sweeps_app.stopping.progress import advanced, average_at
from sweeps_app.stopping.rule import Decision, Goal, Observed, Peers, Progress, Standing

MIN_ITER = 1
MIN_RUNS = 3


@dataclass(frozen=True)
class Median:
    """From `min_iter` values on, and with `min_runs` other runs to compare with."""

    name: ClassVar[str] = "median"
    goal: Goal
    min_iter: int = MIN_ITER
    min_runs: int = MIN_RUNS

    @classmethod
    def from_config(cls, config: Mapping[str, Any], goal: Goal) -> Self:
        """Return the rule."""
        return cls(goal, config.get("min_iter", MIN_ITER), config.get("min_runs", MIN_RUNS))

    @cached_property
    def bands(self) -> tuple[int, ...]:
        """The checkpoints."""
        return checkpoints(self.min_iter)

    def observe(self, progress: Progress, values: NDArray[np.float64]) -> Observed:
        """Return the new figures and running averages; the run is judged at the last new checkpoint."""
        after, rungs = advanced(progress, values, self.bands, self.goal, average_at)
        if not rungs or after.best is None:
            return Observed(after)
        return Observed(after, rungs, (Standing(after, after.best, rungs[-1].band, rungs[-1].value),))

    def decide(self, standing: Standing, peers: Peers) -> Decision:
        """Stop a run whose best value is worse than the median of the others' running averages."""
        progress, threshold = standing.progress, None
        reason = f"{counted(peers)} to compare with, {self.min_runs} needed"
        if len(peers) >= max(self.min_runs, 1):
            threshold = _median(peers)
            source = f"the median running average of {counted(peers)} at {standing.band:,} values"
            reason = described(standing.value, progress.count, threshold, self.goal, source)
        return Decision(
            stop=threshold is not None and is_worse(standing.value, threshold, self.goal),
            rule=self.name,
            band=standing.band,
            iteration=progress.count,
            value=standing.value,
            threshold=threshold,
            peers=len(peers),
            reason=reason,
        )

    def moments(self, values: NDArray[np.float64]) -> Sequence[int]:
        """Return each checkpoint."""
        return [band for band in self.bands if band <= len(values)]


def _median(peers: Peers) -> float:
    """Return the middle value, or the middle of the two; halves are added so that their sum cannot overflow."""
    low, high = float(peers[(len(peers) - 1) // 2]), float(peers[len(peers) // 2])
    return low if low == high else low / 2 + high / 2
