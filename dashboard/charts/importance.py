"""Which parameters matter: forest importance with its interval, next to linear correlation."""

from typing import Any, NamedTuple

import plotly.graph_objects as go

from dashboard.charts.figure import Chart, Table, axis, new_figure, plural
from sweeps_app.analysis.importance import Importance, ImportanceRow

MAX_SHOWN = 20
_LONGEST_LABEL = 26


class ImportanceData(NamedTuple):
    """The parameters to show, the most important first; `parameters` counts all of them."""

    metric: str
    rows: tuple[ImportanceRow, ...]
    parameters: int
    runs: int
    r2: float | None
    warning: str
    is_fresh: bool


def importance_data(importance: Importance | None, *, metric: str, is_fresh: bool) -> ImportanceData:
    """Return what the chart shows of an importance, which is None until a worker has computed the first."""
    if importance is None:
        return ImportanceData(metric, (), 0, 0, None, "", is_fresh)
    rows = importance.rows
    return ImportanceData(
        metric, rows[:MAX_SHOWN], len(rows), importance.runs, importance.r2, importance.warning or "", is_fresh
    )


def importance_chart(data: ImportanceData) -> Chart:
    """Return the chart; its bars stand in the order of the ranking, from the top."""
    retry_after = None if data.is_fresh else 2.0
    if not data.metric:
        return Chart("", message="This sweep names no metric, so no parameter can matter for it.")
    if not data.rows:
        reason = data.warning or ("" if data.is_fresh else "A worker is computing the importance of the parameters…")
        return Chart("", message=reason, retry_after=retry_after)
    labels = [_label(row.parameter) for row in data.rows]
    figure = new_figure(
        [_bars(data.rows, labels), _correlations(data.rows, labels)],
        revision="importance",
        meta={"parameters": [row.parameter for row in data.rows]},
        showlegend=False,
        bargap=0.35,
        dragmode=False,
        yaxis={
            "autorange": "reversed",
            "automargin": True,
            "ticks": "",
            "ticklabelstandoff": 6,
            "showgrid": False,
            "fixedrange": True,
        },
        xaxis=_x("Importance", (0, 0.58), rangemode="tozero", tickformat=".0%"),
        xaxis2=_x("Correlation", (0.66, 1), range=[-1.05, 1.05], tickvals=[-1, 0, 1], zeroline=True, anchor="y"),
    )
    return Chart(_caption(data), figure, warning=data.warning, retry_after=retry_after)


def importance_table(data: ImportanceData) -> Table:
    """Return the numbers of the chart."""
    rows = [(r.parameter, r.importance, r.low, r.high, r.correlation) for r in data.rows]
    return Table(("parameter", "importance", "low", "high", "correlation"), rows)


def _bars(rows: tuple[ImportanceRow, ...], labels: list[str]) -> go.Bar:
    return go.Bar(
        x=[row.importance for row in rows],
        y=labels,
        orientation="h",
        name="Importance",
        hoverinfo="none",
        marker={"color": "var(--chart-1)"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [max(row.high - row.importance, 0.0) for row in rows],
            "arrayminus": [max(row.importance - row.low, 0.0) for row in rows],
            "color": "var(--text-soft)",
            "thickness": 1,
            "width": 3,
        },
    )


def _correlations(rows: tuple[ImportanceRow, ...], labels: list[str]) -> go.Bar:
    signs = [(row.correlation or 0.0) >= 0 for row in rows]
    return go.Bar(
        x=[row.correlation for row in rows],
        y=labels,
        xaxis="x2",
        orientation="h",
        name="Correlation",
        hoverinfo="none",
        marker={"color": ["var(--positive)" if sign else "var(--negative)" for sign in signs]},
    )


def _x(title: str, domain: tuple[float, float], **more: Any) -> dict[str, Any]:
    return axis(title) | {"domain": list(domain), "fixedrange": True, "zeroline": False} | more


def _label(name: str) -> str:
    """Return a name that leaves room for its bar; what tells names apart stands at their end."""
    return name if len(name) <= _LONGEST_LABEL else f"…{name[1 - _LONGEST_LABEL :]}"


def _caption(data: ImportanceData) -> str:
    shown = "" if data.parameters == len(data.rows) else f" The first {len(data.rows)} of {data.parameters} are shown."
    r2 = "" if data.r2 is None else f" R² on runs that the forest has not seen: {data.r2:.2f}."
    return (
        f"What each parameter adds to a random forest's prediction of {data.metric}, over {plural(data.runs, 'run')}; "
        f"whiskers span five folds.{r2}{shown}"
    )
