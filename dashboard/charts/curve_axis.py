"""The horizontal axis of curves: steps, times in the viewer's zone, time since the first row, or another metric."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from dashboard.charts.curve_options import CurveOptions
from dashboard.charts.figure import axis, time_unit
from sweeps_app.selectors.curves import Across

Floats = NDArray[np.float64]


class CurveAxis(NamedTuple):
    """What an axis is called in a sentence (`words`) and beside it (`title`).

    `unit` is how many seconds one of it has, 1 for what is not a time.
    """

    across: Across
    words: str
    title: str
    unit: float
    zone: ZoneInfo
    log: bool

    @property
    def name(self) -> str:
        """What a tooltip calls a place on the axis, in its unit."""
        return self.title.lower() if self.across.kind == "relative" else self.words

    def shown(self, x: Floats) -> Floats:
        """Return places on the axis as plotly.js wants them: its dates are milliseconds without a zone."""
        if self.across.kind == "time":
            return 1_000 * (x + _offsets(x, self.zone))
        return x / self.unit

    def layout(self) -> dict[str, Any]:
        """Return the axis of a figure."""
        found = axis(self.title, log=self.log, zeroline=False)
        return found | ({"type": "date"} if self.across.kind == "time" else {})


def curve_axis(options: CurveOptions, xs: Sequence[Floats]) -> CurveAxis:
    """Return the axis of curves over `xs`; times have no logarithm."""
    across = options.across
    if across.kind == "relative":
        size, unit = time_unit(max((float(x.max()) for x in xs if len(x)), default=0.0))
        title = f"{unit.capitalize()} since the run's first row"
        return CurveAxis(across, "time since the run's first row", title, size, options.zone, options.log_x)
    if across.kind == "time":
        return CurveAxis(across, "time", f"Time ({options.zone.key})", 1.0, options.zone, log=False)
    name = across.metric if across.kind == "metric" else "step"
    title = name if across.kind == "metric" else "Step"
    return CurveAxis(across, name, title, 1.0, options.zone, options.log_x)


def left_out(axis: CurveAxis, options: CurveOptions, xs: Sequence[Floats], ys: Sequence[Floats]) -> str:
    """Return a sentence about what logarithmic axes cannot show; empty where there is nothing of it."""
    across = axis.log and any((x <= 0).any() for x in xs)
    up = options.log_y and any((y <= 0).any() for y in ys)
    if not across and not up:
        return ""
    axes = "either logarithmic axis" if across and up else "the logarithmic axis"
    return f" What is not positive cannot be on {axes}."


def _offsets(seconds: Floats, zone: ZoneInfo) -> Floats:
    """Return what the clocks of a zone are ahead of UTC, in seconds, at each moment; clocks change at full quarters."""
    quarters, places = np.unique(np.floor(seconds / 900), return_inverse=True)
    ends = [_offset(900 * quarter, zone) for quarter in (quarters[:1].tolist() + quarters[-1:].tolist())]
    if len(set(ends)) <= 1 and len(quarters) and quarters[-1] - quarters[0] < 4 * 24 * 30:
        return np.full(len(seconds), ends[0])
    return np.array([_offset(900 * quarter, zone) for quarter in quarters.tolist()])[places]


def _offset(seconds: float, zone: ZoneInfo) -> float:
    if not np.isfinite(seconds):
        return 0.0
    try:
        there = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
    except (ValueError, OverflowError, OSError):  # a clock that was never set
        return 0.0
    return there.total_seconds() if there is not None else 0.0
