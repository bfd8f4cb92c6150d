"""Shares of the whole, and how sure they are."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.held_out import T_19
from sweeps_app.analysis.permutation import Losses


class Interval(NamedTuple):
    """A figure and what bounds it with 95 % confidence."""

    value: float
    low: float
    high: float


class Shares(NamedTuple):
    """One share a parameter, and `roots` (float64[forests, parameters]): their roots in each bootstrap sample."""

    intervals: tuple[Interval, ...]
    roots: NDArray[np.float64]

    def nothing(self) -> "Shares":
        """Return the same of forests that have learned nothing."""
        return Shares((Interval(0.0, 0.0, 0.0),) * len(self.intervals), np.zeros_like(self.roots))

    def can_order(self, first: int, second: int) -> bool:
        """Tell whether the bootstrap samples agree that the share of `first` is the greater one."""
        differences = self.roots[:, first] - self.roots[:, second]
        value = self.intervals[first].value ** 0.5 - self.intervals[second].value ** 0.5
        return bool(value > T_19 * float(differences.std(ddof=1)))


def shares_of(losses: Losses) -> Shares:
    """Return each group's share of the losses, all 0 where there are none.

    Chance gives a useless parameter small losses of both signs, so they are averaged before they are cut off at 0. The
    intervals are Student's on the roots of the shares, which scatter as much when small as when large (Bartlett,
    Biometrics 3, 1947).
    """
    values = _normalised(losses.means[None])[0]
    roots = np.sqrt(_normalised(losses.mean_replicates))
    reach = T_19 * roots.std(axis=0, ddof=1)
    low = np.maximum(np.sqrt(values) - reach, 0.0) ** 2
    high = np.minimum((np.sqrt(values) + reach) ** 2, 1.0)
    figures = zip(values.tolist(), np.minimum(low, values).tolist(), np.maximum(high, values).tolist(), strict=True)
    return Shares(tuple(Interval(*figure) for figure in figures), roots)


def r2_of(losses: Losses) -> Interval:
    """Return the share of the variance that the forests explain in runs that are new to them."""
    reach = T_19 * float(losses.error_replicates.std(ddof=1))
    value = 1.0 - losses.error
    return Interval(value, value - reach, min(value + reach, 1.0))


def _normalised(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    positive = losses.clip(min=0.0)
    totals = positive.sum(axis=1, keepdims=True)
    shares: NDArray[np.float64] = np.divide(positive, totals, out=np.zeros_like(positive), where=totals > 0)
    return shares
