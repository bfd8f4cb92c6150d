"""Hyperband's early termination, as W&B sweeps define it.

At band b the threshold is sorted(h[b - 1])[int(n / eta)] over the n runs with at least b values h (negated to
maximize). A run is judged at the last band that it has reached, whenever it logs a value, and stops when it is
above the threshold: by its value at the band where `strict`, otherwise by its best value so far.

Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar: Hyperband, JMLR 18 (2018), https://arxiv.org/abs/1603.06560.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from sweeps_app.stopping.bands import falling_bands, rising_bands
from sweeps_app.stopping.compare import counted, described, is_worse, kth_best
from sweeps_app.stopping.progress import advanced, value_at
from sweeps_app.stopping.rule import Decision, Goal, Observed, Peers, Progress, Standing

ETA = 3.0


@dataclass(frozen=True)
class Hyperband:
    """A run goes on while its band holds no more than a share 1 / `eta` of better runs."""

    name: ClassVar[str] = "hyperband"
    goal: Goal
    bands: tuple[int, ...]
    eta: float = ETA
    strict: bool = True

    @classmethod
    def from_config(cls, config: Mapping[str, Any], goal: Goal) -> Self:
        """Return the rule; where both forms of bands are given, `max_iter` with `s` wins."""
        eta = float(config.get("eta", ETA))
        if "max_iter" in config:
            bands = falling_bands(config["max_iter"], config["s"], eta)
        else:
            bands = rising_bands(config["min_iter"], eta)
        return cls(goal, bands, eta, config.get("strict", True))

    def observe(self, progress: Progress, values: NDArray[np.float64]) -> Observed:
        """Return the new figures and rungs; the run is judged at its last band, new or not, since peers change.

        A band that the run reached under other settings of the sweep is not judged.
        """
        after, rungs = advanced(progress, values, self.bands, self.goal, value_at)
        if after.rung is None or after.best is None or after.count == progress.count or after.band not in self.bands:
            return Observed(after, rungs)
        value = after.rung if self.strict else after.best
        return Observed(after, rungs, (Standing(after, value, after.band, after.rung),))

    def decide(self, standing: Standing, peers: Peers) -> Decision:
        """Stop a run that is worse than the threshold of its band."""
        rank = int((len(peers) + 1) / self.eta)
        source = f"the value of rank {rank + 1} at band {standing.band} with {counted(peers)}"
        threshold = kth_best(peers, standing.rung, rank, self.goal)
        return Decision(
            stop=is_worse(standing.value, threshold, self.goal),
            rule=self.name,
            band=standing.band,
            iteration=standing.progress.count,
            value=standing.value,
            threshold=threshold,
            peers=len(peers),
            reason=described(standing.value, standing.progress.count, threshold, self.goal, source),
        )

    def moments(self, values: NDArray[np.float64]) -> Sequence[int]:
        """Return each band, and the value after it: by then all runs of a replay have reached the band."""
        reached = [band for band in self.bands if band <= len(values)]
        return sorted({*reached, *(band + 1 for band in reached if band < len(values))})
