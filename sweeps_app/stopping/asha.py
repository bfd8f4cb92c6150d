"""Asynchronous successive halving, the variant that stops runs.

When a run reaches rung r = min_iter * eta**k it is compared, once, with the n runs that are there so far, itself
included: it goes on if it is among the best max(1, floor(n / eta)). No run waits for another.

Li, Jamieson, Rostamizadeh, Gonina, Hardt, Recht, Talwalkar: A System for Massively Parallel Hyperparameter Tuning,
MLSys 2020, https://arxiv.org/abs/1810.05934.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from sweeps_app.stopping.bands import MAX_BAND, rising_bands
from sweeps_app.stopping.compare import counted, described, is_worse, kth_best
from sweeps_app.stopping.progress import advanced, value_at
from sweeps_app.stopping.rule import Decision, Goal, Observed, Peers, Progress, Standing

MIN_ITER = 1
ETA = 3.0


@dataclass(frozen=True)
class Asha:
    """A run passes a rung when it is among the best 1 / `eta` of those that have come there."""

    name: ClassVar[str] = "asha"
    goal: Goal
    bands: tuple[int, ...]
    eta: float = ETA

    @classmethod
    def from_config(cls, config: Mapping[str, Any], goal: Goal) -> Self:
        """Return the rule; rungs are below `max_iter` where that is given, for a run that is done needs no judge."""
        eta = float(config.get("eta", ETA))
        return cls(goal, rising_bands(config.get("min_iter", MIN_ITER), eta, config.get("max_iter", MAX_BAND)), eta)

    def observe(self, progress: Progress, values: NDArray[np.float64]) -> Observed:
        """Return the new figures and rungs; the run is judged at each new rung."""
        after, rungs = advanced(progress, values, self.bands, self.goal, value_at)
        return Observed(after, rungs, tuple(Standing(after, rung.value, rung.band, rung.value) for rung in rungs))

    def decide(self, standing: Standing, peers: Peers) -> Decision:
        """Stop a run that is not among the best 1 / eta at its rung."""
        kept = max(1, int((len(peers) + 1) / self.eta))
        threshold = kth_best(peers, standing.rung, kept - 1, self.goal)
        source = f"the worst value that passes rung {standing.band} with {counted(peers)}"
        return Decision(
            stop=is_worse(standing.value, threshold, self.goal),
            rule=self.name,
            band=standing.band,
            iteration=standing.progress.count,
            value=standing.value,
            threshold=threshold,
            peers=len(peers),
            reason=described(standing.value, standing.band or 0, threshold, self.goal, source),
        )

    def moments(self, values: NDArray[np.float64]) -> Sequence[int]:
        """Return each rung."""
        return [band for band in self.bands if band <= len(values)]
