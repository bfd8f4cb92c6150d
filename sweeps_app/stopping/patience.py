"""Patience: a run stops when it has not become better for a while. It needs no other runs.

After Prechelt: Early Stopping - But When?, 1998, https://doi.org/10.1007/978-3-642-35289-8_5 (his criterion UP, with
the count of values instead of strips).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from sweeps_app.stopping.progress import advanced, finite, value_at
from sweeps_app.stopping.rule import Decision, Goal, Observed, Peers, Progress, Standing

MIN_ITER = 1


@dataclass(frozen=True)
class Patience:
    """Stop after `patience` values in a row that do not better the best by more than `min_delta`.

    Values are judged from number `min_iter` on.
    """

    name: ClassVar[str] = "patience"
    goal: Goal
    patience: int
    min_delta: float = 0.0
    min_iter: int = MIN_ITER

    @classmethod
    def from_config(cls, config: Mapping[str, Any], goal: Goal) -> Self:
        """Return the rule."""
        return cls(goal, config["patience"], config.get("min_delta", 0.0), config.get("min_iter", MIN_ITER))

    @property
    def bands(self) -> tuple[int, ...]:
        """None: the run is not compared with others."""
        return ()

    def observe(self, progress: Progress, values: NDArray[np.float64]) -> Observed:
        """Return the new figures; the run is judged from `min_iter` values on."""
        after, _ = advanced(progress, values, self.bands, self.goal, value_at)
        reference, waited = progress.reference, progress.waited
        for value in finite(values).tolist():
            reference, waited = self._step(reference, waited, value)
        after = replace(after, reference=reference, waited=waited)
        if after.last is None or reference is None or after.count == progress.count or after.count < self.min_iter:
            return Observed(after)
        return Observed(after, (), (Standing(after, after.last, None, reference),))

    def decide(self, standing: Standing, peers: Peers) -> Decision:  # noqa: ARG002  # one table for all rules
        """Stop a run that has waited too long; `peers` do not matter."""
        progress = standing.progress
        by = f" by more than {self.min_delta:.6g}" if self.min_delta else ""
        return Decision(
            stop=progress.waited >= self.patience,
            rule=self.name,
            band=None,
            iteration=progress.count,
            value=standing.value,
            threshold=self._to_beat(standing.rung),
            peers=0,
            reason=f"{progress.waited:,} values in a row have not bettered {standing.rung:.6g}{by}"
            f" (patience {self.patience:,})",
        )

    def moments(self, values: NDArray[np.float64]) -> Sequence[int]:
        """Return the first moment at which the run has waited too long."""
        reference, waited = None, 0
        for count, value in enumerate(values.tolist(), 1):
            reference, waited = self._step(reference, waited, value)
            if waited >= self.patience and count >= self.min_iter:
                return [count]
        return []

    def _step(self, reference: float | None, waited: int, value: float) -> tuple[float, int]:
        if reference is None or self._betters(value, reference):
            return value, 0
        return reference, waited + 1

    def _betters(self, value: float, reference: float) -> bool:
        to_beat = self._to_beat(reference)
        return value < to_beat if self.goal == "minimize" else value > to_beat

    def _to_beat(self, reference: float) -> float:
        return reference - self.min_delta if self.goal == "minimize" else reference + self.min_delta
