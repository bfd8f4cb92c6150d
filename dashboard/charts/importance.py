"""Which parameters matter: forest importance with its interval, next to rank correlation, for one metric or several."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from dashboard.charts.analysed import Analysed
from dashboard.charts.figure import Chart, Table, axis, new_figure, short_name
from sweeps_app.analysis.results import Importance, ImportanceRow

MAX_SHOWN = 20
_COLORS = tuple(f"var(--chart-{number})" for number in range(1, 7))
# In rem: the least height of the chart, that of a row, whose name is a button, and of what is above and below.
_LEAST, _ROW, _AROUND = 20.0, 1.6, 5.0
_HEADER = ("parameter", "importance", "low", "high", "spearman", "pearson", "eta", "runs")


class ImportanceData(NamedTuple):
    """The parameters to show, the most important first, with a column of rows for each metric that has a ranking.

    A row is None where a metric's ranking lacks the parameter. `parameters` counts all of them.
    """

    analysed: tuple[Analysed, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[ImportanceRow | None, ...], ...]
    parameters: int

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that have a ranking, in the order of `rows`."""
        return tuple(one.metric for one in self.analysed if _has_rows(one))


def importance_data(analysed: Sequence[Analysed]) -> ImportanceData:
    """Return what the chart shows of the analyses of one metric or several."""
    by_metric = [
        {row.parameter: row for row in one.importance.rows}
        for one in analysed
        if one.importance and one.importance.rows
    ]
    order: dict[str, float] = {}
    for rows in by_metric:
        for row in rows.values():
            order[row.parameter] = order.get(row.parameter, 0.0) + row.importance
    names = sorted(order, key=lambda name: -order[name])
    shown = tuple(names[:MAX_SHOWN])
    return ImportanceData(
        tuple(analysed), shown, tuple(tuple(rows.get(name) for name in shown) for rows in by_metric), len(names)
    )


def importance_chart(data: ImportanceData) -> Chart:
    """Return the chart; its bars stand in the order of the ranking, from the top."""
    if not data.rows:
        return data.analysed[0].nothing("The sweep names no metric: choose one that its runs have logged.")
    labels = [short_name(name) for name in data.names]
    is_one = len(data.rows) == 1
    traces = []
    for metric, rows, color in zip(data.metrics, data.rows, _COLORS, strict=False):
        traces.append(_bars(metric, rows, labels, color))
        traces.append(_correlations(metric, rows, labels, None if is_one else color))
    figure = new_figure(
        traces,
        revision=f"importance {data.metrics}",
        meta={"rows": True, "parameters": list(data.names), "height": max(_LEAST, _ROW * len(data.names) + _AROUND)},
        showlegend=not is_one,
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
        xaxis=_x("Importance", (0, 0.58), range=[0, _longest(data)], tickformat=".0%"),
        xaxis2=_x(
            "Correlation of ranks", (0.66, 1), range=[-1.05, 1.05], tickvals=[-1, 0, 1], zeroline=True, anchor="y"
        ),
    )
    retry_after = max((one.retry_after or 0.0 for one in data.analysed), default=0.0) or None
    return Chart(_caption(data), figure, warning=_warnings(data), notes=_notes(data), retry_after=retry_after)


def importance_table(data: ImportanceData) -> Table:
    """Return the numbers of the chart; with several metrics, a row for each of them."""
    several = len(data.rows) > 1
    rows = [
        (*((metric,) if several else ()), *_cells(row))
        for metric, found in zip(data.metrics, data.rows, strict=True)
        for row in found
        if row is not None
    ]
    return Table(("metric", *_HEADER) if several else _HEADER, rows)


def _cells(row: ImportanceRow) -> tuple[Any, ...]:
    return row.parameter, row.importance, row.low, row.high, row.spearman, row.correlation, row.eta, row.runs


def _has_rows(one: Analysed) -> bool:
    return one.importance is not None and bool(one.importance.rows)


def _bars(metric: str, rows: Sequence[ImportanceRow | None], labels: list[str], color: str) -> go.Bar:
    return go.Bar(
        x=[row and row.importance for row in rows],
        y=labels,
        orientation="h",
        name=short_name(metric),
        legendgroup=metric,
        hoverinfo="none",
        customdata=[_told(metric, row) for row in rows],
        marker={"color": color, "opacity": 0.65},  # through which the whisker can be seen
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [max(row.high - row.importance, 0.0) if row else 0.0 for row in rows],
            "arrayminus": [max(row.importance - row.low, 0.0) if row else 0.0 for row in rows],
            "color": "var(--text)",
            "thickness": 1,
            "width": 3,
        },
    )


def _correlations(metric: str, rows: Sequence[ImportanceRow | None], labels: list[str], color: str | None) -> go.Bar:
    """Return bars to the left and the right by sign; a category's strength has no sign, and a colour of its own."""
    return go.Bar(
        x=[None if row is None else row.eta if row.spearman is None else row.spearman for row in rows],
        y=labels,
        xaxis="x2",
        orientation="h",
        name=short_name(metric),
        legendgroup=metric,
        showlegend=False,
        hoverinfo="none",
        customdata=[_told(metric, row) for row in rows],
        marker={"color": color or [_direction(row) for row in rows]},
    )


def _direction(row: ImportanceRow | None) -> str:
    if row is None or row.spearman is None:
        return "var(--chart-6)"
    return "var(--positive)" if row.spearman >= 0 else "var(--negative)"


def _told(metric: str, row: ImportanceRow | None) -> list[tuple[str, Any]]:
    """Return what the tooltip tells of a bar."""
    if row is None:
        return []
    found = [
        ("Parameter", row.parameter),
        ("Metric", metric),
        ("Importance", f"{row.importance:.1%} ({row.low:.1%} to {row.high:.1%})"),
        ("Correlation of ranks", _decimals(row.spearman)),
        ("Strength", _decimals(row.eta)),
        ("Runs", row.runs),
    ]
    return [(name, value) for name, value in found if value != ""]


def _decimals(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _longest(data: ImportanceData) -> float:
    return min(max((row.high for rows in data.rows for row in rows if row), default=1.0) * 1.03 or 1.0, 1.03)


def _x(title: str, domain: tuple[float, float], **more: Any) -> dict[str, Any]:
    return axis(title) | {"domain": list(domain), "fixedrange": True, "zeroline": False} | more


def _ranked(data: ImportanceData) -> list[tuple[str, Importance]]:
    return [(one.metric, one.importance) for one in data.analysed if one.importance and one.importance.rows]


def _caption(data: ImportanceData) -> str:
    ranked = _ranked(data)
    counted = data.analysed[0].counted
    told = "; ".join(f"{metric} of {counted(found.runs)}{_r2(found)}" for metric, found in ranked)
    shown = (
        "" if data.parameters == len(data.names) else f" The first {len(data.names)} of {data.parameters} are shown."
    )
    grey = " Grey: a category's strength, which has no direction." if len(ranked) == 1 and _has_category(data) else ""
    return (
        f"What each parameter adds to a random forest's prediction of {told}. Whiskers: 95 % by bootstrap.{grey}{shown}"
    )


def _r2(found: Importance) -> str:
    if found.r2 is None or found.r2_low is None or found.r2_high is None:
        return ""
    return f" (cross-validated R² {found.r2:.2f}, {max(found.r2_low, 0.0):.2f} to {max(found.r2_high, 0.0):.2f})"


def _has_category(data: ImportanceData) -> bool:
    return any(row is not None and row.eta is not None for rows in data.rows for row in rows)


def _warnings(data: ImportanceData) -> str:
    found = [(one.metric, one.importance.warning) for one in data.analysed if one.importance and one.importance.warning]
    if len(data.analysed) == 1:
        return found[0][1] if found else ""
    return " ".join(f"{metric}: {warning}" for metric, warning in found)


def _notes(data: ImportanceData) -> tuple[str, ...]:
    """Return the notes of all metrics, each once, and the names of what could not be ranked."""
    ranked = [found for _, found in _ranked(data)]
    notes = list(dict.fromkeys(note for found in ranked for note in found.notes))
    constant = ranked[0].constant
    if constant:
        named = ", ".join(constant[:MAX_SHOWN])
        more = f" and {len(constant) - MAX_SHOWN} more" if len(constant) > MAX_SHOWN else ""
        runs = "selected runs" if data.analysed[0].is_of_selection else "runs"
        notes.append(f"The same in all {runs}, and so not ranked: {named}{more}.")
    return tuple(notes)
