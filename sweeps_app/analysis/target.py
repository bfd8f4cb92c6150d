"""The values of a metric as models are asked to predict them: outliers drawn in, on a scale of their own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST_OUTLIERS = 0.2
_EIGHTH = 8.0  # so that ranges of the largest doubles are still finite


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """`values` (float64[n]) lie in -1..1; `drawn_in` of them were outliers."""

    values: NDArray[np.float64]
    drawn_in: int
    middle: float
    scale: float

    def in_units(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return numbers on the scale of `values` as values of the metric."""
        with np.errstate(over="ignore"):
            found: NDArray[np.float64] = (values * self.scale + self.middle) * _EIGHTH
        return np.nan_to_num(found)


def fenced(values: NDArray[np.float64]) -> Target:
    """Return finite values drawn in to 1.5 interquartile ranges beyond the quartiles, moved and scaled to -1..1.

    Inner fences: Tukey, "Exploratory Data Analysis" (1977), chapter 2. There are none where more than a fifth of the
    values would be outside: these are no outliers. Neither a forest nor a correlation notices the scale, which keeps
    their sums of squares from overflowing.
    """
    if not len(values):
        return Target(values, 0, 0.0, 1.0)
    parts = values / _EIGHTH
    low, middle, high = np.quantile(parts, [0.25, 0.5, 0.75]).tolist()
    reach = 1.5 * (high - low)
    inside = np.clip(parts, low - reach, high + reach)
    drawn_in = int((inside != parts).sum())
    if drawn_in > _MOST_OUTLIERS * len(parts):
        inside, drawn_in = parts, 0
    centred = inside - middle
    scale = float(np.abs(centred).max()) or 1.0
    return Target(centred / scale, drawn_in, middle, scale)
