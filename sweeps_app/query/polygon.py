"""Points in a polygon. `static/js/selection/polygon.js` has the same rule; one table of cases tests both."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def inside(points: Sequence[tuple[float, float]], x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Return which of the places `x`, `y` (float64[n] each) lie in a polygon, by the even-odd rule.

    A ray to the right counts the edges that it crosses, an edge holding its lower end but not its upper one, so that
    no place on a common edge of two polygons is in both. What is NaN lies nowhere. Source: W. R. Franklin, PNPOLY.
    """
    found = np.zeros(len(x), dtype=np.bool_)
    for i, (end_x, end_y) in enumerate(points):
        start_x, start_y = points[i - 1]
        if start_y == end_y:
            continue
        crosses = (end_y > y) != (start_y > y)
        found ^= crosses & (x < (start_x - end_x) * (y - end_y) / (start_y - end_y) + end_x)
    return found & np.isfinite(x) & np.isfinite(y)


def on_scale(values: Floats, *, log: bool) -> Floats:
    """Return values as a chart places them: their logarithms (base 10) on a log scale, NaN where there is none."""
    if not log:
        return values
    return np.log10(np.where(values > 0, values, np.nan))
