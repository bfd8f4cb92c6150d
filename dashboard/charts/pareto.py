"""Two metrics at once: the runs that no other beats in both, over all the others."""

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.figure import Chart, Table, axis, new_figure, of_total, plural
from dashboard.charts.points import FAILURES, Indices, drawn_runs, run_meta
from dashboard.charts.slice import readable
from sweeps_app.search.pareto import non_dominated
from sweeps_app.selectors.points import RunPoints

MAX_DRAWN = 2_000  # of the runs behind the front; the front is drawn whole

Array = NDArray[np.float64]


class Pursued(NamedTuple):
    """A metric, and whether it is to be minimized or maximized."""

    name: str
    goal: str


class ParetoData(NamedTuple):
    """Runs by two metrics; `front` (bool[n]) marks those that are not dominated. Failed runs never are."""

    across: Pursued
    up: Pursued
    points: RunPoints
    front: NDArray[np.bool_]

    @property
    def x(self) -> Array:
        """The metric on the horizontal axis, float64[n]."""
        return self.points.metrics[self.across.name]

    @property
    def y(self) -> Array:
        """The metric on the vertical axis, float64[n]."""
        return self.points.metrics[self.up.name]


def pareto_data(points: RunPoints, *, across: Pursued, up: Pursued) -> ParetoData:
    """Return the front of two metrics of the points."""
    losses = np.column_stack([_losses(points, across), _losses(points, up)])
    losses[np.array([state in FAILURES for state in points.states], dtype=np.bool_)] = np.nan
    return ParetoData(across, up, points, non_dominated(losses))


def pareto_chart(data: ParetoData, *, run_prefix: str = "") -> Chart:
    """Return the chart: the front as steps through its runs, the dominated ones quiet behind it."""
    if data.across.name == data.up.name:
        return Chart("", message="Choose two different metrics.")
    both = ~np.isnan(data.x) & ~np.isnan(data.y)
    if not both.any():
        return Chart("", message=f"No run has logged both {data.across.name} and {data.up.name} yet.")
    failed = np.array([state in FAILURES for state in data.points.states], dtype=np.bool_)
    order = np.arange(len(both), dtype=np.float64)
    behind = drawn_runs(np.where(both & ~data.front, order, np.nan), "", MAX_DRAWN)
    front = np.flatnonzero(data.front)
    front = front[np.argsort(data.x[front], kind="stable")]
    chosen = np.concatenate([behind, front])
    quiet = {"size": 6, "color": "var(--chart-6)", "opacity": 0.45}
    lost = {"symbol": "x-thin", "size": 6, "color": "var(--danger)", "line": {"width": 1.5, "color": "var(--danger)"}}
    best = {"symbol": "diamond", "size": 9, "color": "var(--chart-2)", "line": {"width": 1, "color": "var(--surface)"}}
    places = np.arange(len(chosen), dtype=np.int32)
    groups = [
        ("Dominated", behind[~failed[behind]], places[: len(behind)][~failed[behind]], {"marker": quiet}),
        ("Failed or crashed", behind[failed[behind]], places[: len(behind)][failed[behind]], {"marker": lost}),
        ("Pareto front", front, places[len(behind) :], {"marker": best} | _steps(data)),
    ]
    figure = new_figure(
        [_trace(data, name, runs, told, look) for name, runs, told, look in groups if len(runs)],
        revision=f"pareto {data.across} {data.up}",
        meta={
            "runs": run_meta(data.points.ids, data.points.names, chosen, run_prefix),
            "x": data.across.name,
            "y": data.up.name,
        },
        xaxis=axis(_title(data.across, "\N{LEFTWARDS ARROW}", "\N{RIGHTWARDS ARROW}"), zeroline=False),
        yaxis=axis(_title(data.up, "\N{DOWNWARDS ARROW}", "\N{UPWARDS ARROW}"), zeroline=False),
    )
    return Chart(_caption(data, int(both.sum()), len(behind)), figure)


def pareto_table(data: ParetoData) -> Table:
    """Return all runs that have both metrics, those of the front first and by the first metric."""
    both = np.flatnonzero(~np.isnan(data.x) & ~np.isnan(data.y))
    order = both[np.lexsort((data.x[both], ~data.front[both]))].tolist()
    x, y = readable(data.x.tolist(), ()), readable(data.y.tolist(), ())
    points = data.points
    rows = [
        (points.ids[i], points.names[i], points.states[i], "yes" if data.front[i] else "no", x[i], y[i]) for i in order
    ]
    return Table(("run", "name", "state", "on the front", data.across.name, data.up.name), rows)


def _losses(points: RunPoints, pursued: Pursued) -> Array:
    values = points.metrics[pursued.name]
    return -values if pursued.goal == "maximize" else values


def _steps(data: ParetoData) -> dict[str, Any]:
    """Return the line that parts what is dominated from what no run has reached."""
    shape = "vh" if data.across.goal == "maximize" else "hv"
    return {"mode": "lines+markers", "line": {"shape": shape, "width": 2, "color": "var(--chart-2)"}}


def _trace(data: ParetoData, name: str, runs: Indices, told: NDArray[np.int32], look: dict[str, Any]) -> go.Scatter:
    return go.Scatter(
        x=data.x[runs], y=data.y[runs], customdata=told, name=name, hoverinfo="none", **({"mode": "markers"} | look)
    )


def _title(pursued: Pursued, down: str, up: str) -> str:
    arrow = up if pursued.goal == "maximize" else down
    return f"{pursued.name} ({arrow} better)"


def _caption(data: ParetoData, known: int, drawn: int) -> str:
    front = int(data.front.sum())
    sample = f" Of the others {drawn:,} are drawn, an even sample." if drawn < known - front else ""
    verb = "is" if front == 1 else "are"
    return (
        f"{data.up.name} ({data.up.goal}) against {data.across.name} ({data.across.goal}) of "
        f"{of_total(known, data.points.total)}: {plural(front, 'run')} {verb} on the Pareto front, beaten by no other "
        f"in both.{sample}"
    )
