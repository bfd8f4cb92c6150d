"""What charts share that show each run as a point over its parameters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.figure import axis, runs_told, short_name
from sweeps_app.analysis.encoding import AxisColumn

FAILURES = ("failed", "crashed")
_BEST_SHARE = 0.2  # of the points that are drawn where not all are
_FEW_VALUES = 6  # of a number: each gets a tick
_JITTER = 0.28
_GOLDEN = 0.6180339887498949
ORDER_SCALE = [[0.0, "var(--order-first)"], [0.5, "var(--order-middle)"], [1.0, "var(--order-last)"]]

Indices = NDArray[np.intp]


def drawn_runs(values: NDArray[np.float64], goal: str, most: int) -> Indices:
    """Return which of `values` (float64[n], NaN for none) to draw, in their order: all, or `most` of them.

    A fifth of those are the best by the goal, where there is one, the others an even sample of the rest.
    """
    known = np.flatnonzero(~np.isnan(values))
    if len(known) <= most:
        return known
    best = known[:0]
    if goal:
        ranked = np.argsort(-values[known] if goal == "maximize" else values[known], kind="stable")
        best = np.sort(known[ranked[: int(most * _BEST_SHARE)]])
    others = np.setdiff1d(known, best)
    places = np.linspace(0, len(others) - 1, most - len(best)).astype(np.intp)
    return np.sort(np.concatenate([best, others[places]]))


def best_of(values: NDArray[np.float64], states: Sequence[str], goal: str) -> int | None:
    """Return the index of the best run that did not fail, None without a goal or a value."""
    failed = np.array([state in FAILURES for state in states], dtype=np.bool_)
    left = np.where(failed, np.nan, values)
    if not goal or np.isnan(left).all():
        return None
    return int(np.nanargmax(left) if goal == "maximize" else np.nanargmin(left))


def places_of(column: AxisColumn) -> NDArray[np.float64]:
    """Return where each run stands on the axis of a parameter; those of one category lie beside one another."""
    if column.axis.kind == "number":
        return np.where(column.values > 0, column.values, np.nan) if column.axis.log else column.values
    apart = (np.arange(len(column.values)) * _GOLDEN) % 1.0 - 0.5
    return column.values + 2 * _JITTER * apart


def parameter_axis(column: AxisColumn, title: str = "", **more: Any) -> dict[str, Any]:
    """Return the axis of a parameter: logarithmic where its distribution is, a place for each label of a category."""
    shown = title or column.axis.name
    if column.axis.kind == "number":
        found = axis(shown, log=column.axis.log, zeroline=False, **more)
        values = np.unique(column.values[~np.isnan(column.values)])
        return found | {"tickvals": values.tolist()} if 0 < len(values) <= _FEW_VALUES else found
    labels = [short_name(label, 14) for label in column.labels]
    ticks: dict[str, Any] = {
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "range": [-0.5, max(len(labels) - 0.5, 0.5)],
    }
    return axis(shown, zeroline=False) | ticks | more


def told_of(column: AxisColumn, letter: str = "x") -> dict[str, Any]:
    """Return what the tooltip needs to tell a run's value of a parameter on the axis `letter`."""
    labels = {f"{letter}labels": list(column.labels)} if column.axis.kind == "category" else {}
    return {letter: column.axis.name} | labels


def order_legend() -> list[go.Scatter]:
    """Return entries of the legend for the colours of the order: a colour bar of plotly.js breaks the page's policy."""
    names = {"First runs": "var(--order-first)", "Newest runs": "var(--order-last)"}
    look = {"x": [None], "y": [None], "mode": "markers", "hoverinfo": "skip", "showlegend": True}
    return [go.Scatter(name=name, marker={"size": 8, "color": color}, **look) for name, color in names.items()]


def sample_words(shown: int, known: int, goal: str) -> str:
    """Return what a caption says where not all runs are drawn."""
    if shown == known:
        return ""
    sample = "the best, and an even sample of the rest" if goal else "an even sample"
    return f" {shown:,} runs are drawn: {sample}."


def run_meta(ids: Sequence[str], names: Sequence[str], chosen: Indices, prefix: str) -> dict[str, Any]:
    """Return the runs that points tell of, by their place in `chosen`, and where their pages are."""
    rows = chosen.tolist()
    return runs_told((ids[i] for i in rows), (names[i] for i in rows), prefix)
