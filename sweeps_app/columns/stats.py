"""What a run keeps of each metric beside its history: the numbers that tables and summaries show."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sweeps_app.columns.table import Column


@dataclass(frozen=True, slots=True)
class MetricStats:
    """Running figures of one metric.

    `count` counts every value, whatever its type. `last` is the last value in the order of arrival (it may
    be non-finite), or None when it is not a number; `last_step` is that value's step. `minimum` and `maximum` are
    over the finite numbers only, None while there is none.
    """

    count: int = 0
    last: float | None = None
    last_step: int | None = None
    minimum: float | None = None
    maximum: float | None = None

    def extended(self, steps: NDArray[np.int64], column: Column) -> "MetricStats":
        """Return the figures with the values of `column` added; `steps` are those of its whole batch."""
        if not len(column):
            return self
        positions, numbers = column.numbers()
        finite = numbers[np.isfinite(numbers)]
        last_row = column.rows[-1]
        is_number = bool(len(positions)) and bool(positions[-1] == last_row)
        longer = replace(
            self,
            count=self.count + len(column),
            last=float(numbers[-1]) if is_number else None,
            last_step=int(steps[last_row]),
        )
        return longer._with_extremes(finite) if len(finite) else longer

    def _with_extremes(self, finite: NDArray[np.float64]) -> "MetricStats":
        low, high = float(finite.min()), float(finite.max())
        return replace(
            self,
            minimum=low if self.minimum is None else min(self.minimum, low),
            maximum=high if self.maximum is None else max(self.maximum, high),
        )
