"""Heat maps of few cells, as bars of equal size: the small bundle of plotly.js has no heat map."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.figure import MAX_TITLE, short_name

_SCALE = [[0, "var(--heat-low)"], [1, "var(--heat-high)"]]


def cell_trace(
    cells: Sequence[tuple[int, int, float]], texts: Sequence[str], told: Sequence[Any], *, span: tuple[float, float]
) -> go.Bar:
    """Return cells at (column, row) with a value each, coloured over `span`; `told` is what their tooltips tell."""
    return go.Bar(
        x=[column for column, _, _ in cells],
        y=[1.0] * len(cells),
        base=[row - 0.5 for _, row, _ in cells],
        width=1.0,
        text=list(texts),
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"size": 11, "color": "var(--text)"},
        customdata=list(told),
        hoverinfo="none",
        showlegend=False,
        marker={
            "color": [value for _, _, value in cells],
            "cmin": span[0],
            "cmax": span[1],
            "colorscale": _SCALE,
            "line": {"width": 1, "color": "var(--surface)"},
        },
    )


def cell_axis(title: str, labels: Sequence[str], **more: Any) -> dict[str, Any]:
    """Return an axis with one place a label."""
    return {
        "title": {"text": short_name(title, MAX_TITLE)},
        "automargin": True,
        "tickvals": list(range(len(labels))),
        "ticktext": list(labels),
        "range": [-0.5, len(labels) - 0.5],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        **more,
    }


def tick_text(tick: float | str, most: int = 12) -> str:
    """Return a value of a parameter on an axis."""
    if not isinstance(tick, str):
        return f"{tick:.3g}"
    return tick if len(tick) <= most else f"{tick[: most - 1]}…"
