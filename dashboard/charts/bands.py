"""The bands of early stopping over the curves of a sweep: where runs are compared, and what they have to reach."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from sweeps_app.selectors.curves import RunCurve
from sweeps_app.selectors.decisions import BandMark

MAX_LINES = 12  # more vertical lines than these would hide the curves


class BandsData(NamedTuple):
    """One entry a band: the step at which a run reaches it (float64), and the threshold there (float64)."""

    bands: tuple[int, ...]
    steps: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    reached: tuple[int, ...]
    stopped: tuple[int, ...]


def bands_data(marks: Sequence[BandMark], curves: Sequence[RunCurve]) -> BandsData:
    """Return the bands that have a threshold; a band counts logged values, so its step is read off the curves."""
    return BandsData(
        bands=tuple(mark.band for mark in marks),
        steps=np.array([_step_of(mark.band, curves) for mark in marks], dtype=np.float64),
        thresholds=np.array([mark.threshold for mark in marks], dtype=np.float64),
        reached=tuple(mark.reached for mark in marks),
        stopped=tuple(mark.stopped for mark in marks),
    )


def band_trace(data: BandsData) -> go.Scatter:
    """Return the thresholds as a line from band to band."""
    return go.Scatter(
        x=data.steps,
        y=data.thresholds,
        text=[
            f"Band {band}: {stopped:,} of {reached:,} stopped"
            for band, reached, stopped in zip(data.bands, data.reached, data.stopped, strict=True)
        ],
        mode="lines+markers",
        name="Stopping threshold",
        hoverinfo="none",
        line={"color": "var(--state-failed)", "width": 1.4, "dash": "dot"},
        marker={"symbol": "line-ew-open", "size": 14, "color": "var(--state-failed)", "line": {"width": 2}},
    )


def band_lines(data: BandsData) -> list[dict[str, Any]]:
    """Return a vertical line at each band, none where there are too many."""
    if len(data.bands) > MAX_LINES:
        return []
    line = {"color": "var(--state-failed)", "width": 0.8, "dash": "dot"}
    return [
        {"type": "line", "x0": step, "x1": step, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "below"}
        for step in data.steps.tolist()
    ]


def _step_of(band: int, curves: Sequence[RunCurve]) -> float:
    """Return the step at which most runs log their value number `band`; of curves that were not thinned before it."""
    reached = [float(curve.steps[band - 1]) for curve in curves if len(curve.steps) >= band]
    return float(np.median(reached)) if reached else float(band - 1)
