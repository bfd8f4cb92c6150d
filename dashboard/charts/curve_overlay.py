"""A metric of one run, or of a few runs over one another."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.curve_axis import curve_axis, left_out
from dashboard.charts.curve_options import AS_LOGGED, CurveOptions
from dashboard.charts.curve_words import smoothing_words
from dashboard.charts.curves import behind
from dashboard.charts.figure import Chart, Table, axis, new_figure, plural, runs_told, short_name
from dashboard.charts.line_looks import line_look
from sweeps_app.analysis.smoothing import smoothed
from sweeps_app.selectors.curves import CountedCurve, RunCurve

MAX_LEGEND = 8  # more names would leave no room for the curves; the page lists them
_FEW = 60  # points that are few enough to be marked


def run_curve_chart(found: CountedCurve | None, metric: str, options: CurveOptions = AS_LOGGED) -> Chart:
    """Return the chart of one metric of one run."""
    if found is None or not len(found.curve.values):
        beside = "" if options.across.kind == "step" else f", or nothing of {_of(options)} beside it"
        return Chart("", message=f"{metric} has no finite number yet{beside}.")
    figure_of_it = _figure([found.curve], [0], metric, options, run_prefix="")
    drawn = len(found.curve.values)
    thinned = f", drawn by {drawn:,} points that keep every extreme" if drawn < found.logged else ""
    shown = curve_axis(options, [found.curve.x])
    caption = (
        f"{plural(found.logged, 'value')} of {metric} by {shown.words}{thinned}{smoothing_words(options)}."
        f"{left_out(shown, options, [found.curve.x], [found.curve.values])}"
    )
    return Chart(caption, figure_of_it)


def overlay_chart(
    curves: Sequence[RunCurve], order: Sequence[str], metric: str, options: CurveOptions, *, run_prefix: str
) -> Chart:
    """Return the chart of a metric of some runs.

    A run looks the same in every chart of a page: its look is its place in `order`, the ids of the page's runs.
    """
    if not curves:
        return Chart("", message=f"None of these runs has logged {metric} by {_of(options)}.")
    places = {run_id: place for place, run_id in enumerate(order)}
    looks = [places[curve.run_id] for curve in curves]
    shown = curve_axis(options, [curve.x for curve in curves])
    missing = len(order) - len(curves)
    without = f"; {missing:,} of the runs {'has' if missing == 1 else 'have'} none" if missing else ""
    caption = (
        f"{metric} of {plural(len(curves), 'run')} by {shown.words}{without}{smoothing_words(options)}."
        f"{left_out(shown, options, [c.x for c in curves], [c.values for c in curves])}"
    )
    return Chart(caption, _figure(curves, looks, metric, options, run_prefix=run_prefix))


def curve_rows(curves: Sequence[RunCurve], metric: str, options: CurveOptions) -> Table:
    """Return the points of the curves as they were logged."""
    has_more = options.across.kind != "step"
    more = (options.across.metric or options.across.kind,) if has_more else ()
    rows = (
        (curve.run_id, curve.name, step, *((x,) if has_more else ()), value)
        for curve in curves
        for step, x, value in zip(curve.steps.tolist(), curve.x.tolist(), curve.values.tolist(), strict=True)
    )
    return Table(("run", "name", "step", *more, metric), rows)


def run_curve_table(found: CountedCurve | None, metric: str, options: CurveOptions) -> Table:
    """Return the points of the chart of one run."""
    table = curve_rows([found.curve] if found is not None else [], metric, options)
    return Table(table.header[2:], (row[2:] for row in table.rows))


def _figure(
    curves: Sequence[RunCurve], looks: Sequence[int], metric: str, options: CurveOptions, *, run_prefix: str
) -> go.Figure:
    shown = curve_axis(options, [curve.x for curve in curves])
    is_alone = not run_prefix
    traces = []
    for place, (curve, look_of_it) in enumerate(zip(curves, looks, strict=True)):
        look = line_look(look_of_it)
        x, few = shown.shown(curve.x), len(curve.values) <= _FEW
        if options.smoothing is not None and options.smoothing.amount:
            traces.append(behind(x, curve.values, curve.name, look))
        traces.append(
            go.Scatter(
                x=x,
                y=smoothed(curve.values, options.smoothing),
                mode="lines+markers" if few and is_alone else "lines+markers" if len(curve.values) == 1 else "lines",
                name=short_name(curve.name),
                legendgroup=curve.name,
                showlegend=False if is_alone else None,
                customdata=None if is_alone else np.full(len(x), place),
                line=look | {"width": 1.6},
                marker={"size": 4, "color": look["color"]},
                hoverinfo="none",
            )
        )
    names = runs_told((curve.run_id for curve in curves), (curve.name for curve in curves), run_prefix)
    y_name = metric + (", smoothed" if options.smoothing else "")
    return new_figure(
        traces,
        revision=f"curve {metric} {options.revision}",
        meta={"x": shown.name, "y": y_name} | ({} if is_alone else {"runs": names}),
        xaxis=shown.layout(),
        yaxis=axis("", log=options.log_y, zeroline=False),
        showlegend=not is_alone and len(curves) <= MAX_LEGEND,
    )


def _of(options: CurveOptions) -> str:
    return options.across.metric or {"relative": "time"}.get(options.across.kind, options.across.kind)
