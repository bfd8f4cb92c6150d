"""What was measured of a run's machine, over time."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.figure import Chart, Table, axis, new_figure, plural, time_unit
from sweeps_app.selectors.system import SystemCurve

_COLORS = 6
_FEW = 60  # points that are few enough to be marked


def system_chart(curves: Sequence[SystemCurve], title: str, unit: str, *, log: bool = False) -> Chart:
    """Return the chart of some measurements, which share a unit, by the time since the first of them."""
    curves = [curve for curve in curves if len(curve.values)]
    if not curves:
        return Chart("", message="Nothing of this kind is measured yet.")
    length, unit_of_time = time_unit(max(float(curve.seconds.max()) for curve in curves))
    traces = [
        go.Scatter(
            x=curve.seconds / length,
            y=curve.values,
            name=curve.name,
            mode="lines+markers" if len(curve.values) <= _FEW else "lines",
            line={"color": f"var(--chart-{place % _COLORS + 1})", "width": 1.6},
            marker={"size": 4},
            hoverinfo="none",
        )
        for place, curve in enumerate(curves)
    ]
    figure = new_figure(
        traces,
        revision=f"system {title} {log}",
        meta={"lines": True, "x": unit_of_time, "y": unit or "value"},
        xaxis=axis(f"{unit_of_time.capitalize()} since the first sample", zeroline=False),
        yaxis=axis(unit, log=log, zeroline=False, rangemode="normal" if log else "tozero"),
    )
    samples = plural(max(curve.measured for curve in curves), "sample")
    return Chart(f"{title}: {samples} by time.", figure)


def system_table(curves: Sequence[SystemCurve], unit: str) -> Table:
    """Return the points of the chart."""
    rows = (
        (curve.name, second, value)
        for curve in curves
        for second, value in zip(curve.seconds.tolist(), curve.values.tolist(), strict=True)
    )
    return Table(("measurement", "seconds since the first sample", unit or "value"), rows)
