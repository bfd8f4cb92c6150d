from dataclasses import replace

import pytest

from dashboard.charts.analysed import RETRY_AFTER, Analysed
from dashboard.charts.dependence import dependence_chart, dependence_data, dependence_table
from dashboard.charts.importance import MAX_SHOWN, importance_chart, importance_data, importance_table
from dashboard.charts.interactions import interactions_chart, interactions_data, interactions_table
from dashboard.charts.pair_dependence import pair_chart, pair_data, pair_table
from sweeps_app.analysis.results import Dependence, Importance, ImportanceRow, Interaction

LR = Dependence(
    "lr", "number", True, (0.001, 0.01, 0.1, 1.0), (4.0, 3.0, 2.0, 1.0), (3.0, 2.5, 1.0, 0.0), (5.0, 3.5, 3.0, 2.0),
    (9, 4, 1, 7), (True, True, False, True),
)  # fmt: skip
OPT = Dependence("opt", "category", False, ("adam", "sgd"), (1.0, 2.0), (0.5, 1.0), (1.5, 4.0), (9, 2), (True, False))
PAIR = Interaction("lr", "opt", 0.12, 0.05, 0.2, (0.1, 0.2, 0.3), ("a", "b"), ((1.0, 2.0), (None, 3.0), (4.0, 5.0)),
                   ((3, 4), (0, 2), (1, 1)))  # fmt: skip
UNSURE = Interaction("lr", "width", 0.01, 0.0, 0.03, (), (), (), ())
ROWS = (
    ImportanceRow("lr", 0.5, -0.5, 0.3, 0.75, -0.6, None, "number", 40),
    ImportanceRow("opt", 0.3, None, 0.2, 0.4, None, 0.45, "category", 40),
    ImportanceRow("width", 0.2, 0.1, 0.0, 0.3, 0.2, None, "number", 38),
)
FOUND = Importance(ROWS, 40, 0.81, None, 0.7, 0.9, ("2 runs failed.",), ("epochs",), (LR, OPT), (PAIR, UNSURE))


def _one(importance=FOUND, *, metric="loss", is_fresh=True):
    return Analysed(metric, importance, is_fresh)


def _chart(*analysed):
    return importance_chart(importance_data(analysed or (_one(),)))


def test_importance_shows_bars_with_their_interval_next_to_correlation():
    chart = _chart()
    bars, correlations = chart.figure.data
    assert list(bars.y) == ["lr", "opt", "width"]
    assert list(bars.x) == [0.5, 0.3, 0.2]
    assert bars.error_x.array[0] == pytest.approx(0.25)
    assert bars.error_x.arrayminus[0] == pytest.approx(0.2)
    assert list(correlations.x) == [-0.6, 0.45, 0.2]
    assert list(correlations.marker.color) == ["var(--negative)", "var(--chart-6)", "var(--positive)"]
    assert "loss of 40 runs (cross-validated R² 0.81, 0.70 to 0.90)" in chart.caption
    assert "Grey" in chart.caption
    assert chart.notes == ("2 runs failed.", "The same in all runs, and so not ranked: epochs.")
    assert chart.retry_after is None
    assert ("Importance", "50.0% (30.0% to 75.0%)") in [tuple(pair) for pair in bars.customdata[0]]


def test_several_metrics_stand_side_by_side_in_the_order_of_their_sum():
    other = Importance((replace(ROWS[2], importance=0.9), replace(ROWS[0], importance=0.1)), 30, 0.5, "weak", 0.1, 0.6)
    data = importance_data((_one(), _one(other, metric="size")))
    assert data.names == ("width", "lr", "opt")
    chart = importance_chart(data)
    assert [trace.name for trace in chart.figure.data] == ["loss", "loss", "size", "size"]
    assert list(chart.figure.data[2].x) == [0.9, 0.1, None]
    assert len({trace.marker.color for trace in chart.figure.data}) == 2
    assert "loss of 40 runs" in chart.caption
    assert "size of 30 runs" in chart.caption
    assert chart.warning == "size: weak"
    rows = list(importance_table(data).rows)
    assert [row[:3] for row in rows if row[0] == "size"] == [("size", "width", 0.9), ("size", "lr", 0.1)]


def test_many_parameters_are_cut_and_the_table_has_what_is_shown():
    rows = tuple(replace(ROWS[0], parameter=f"p{i}", importance=1 / (i + 2)) for i in range(50))
    data = importance_data((_one(replace(FOUND, rows=rows)),))
    assert f"The first {MAX_SHOWN} of 50 are shown" in importance_chart(data).caption
    found = list(importance_table(data).rows)
    assert len(found) == MAX_SHOWN
    assert found[0] == ("p0", 0.5, 0.3, 0.75, -0.6, -0.5, None, 40)


def test_until_a_worker_has_answered_every_chart_asks_again():
    nothing = _one(None, is_fresh=False)
    charts = [
        _chart(nothing),
        interactions_chart(interactions_data(nothing)),
        dependence_chart(dependence_data(nothing, parameter="")),
        pair_chart(pair_data(nothing, across="lr", up="opt")),
    ]
    for chart in charts:
        assert (chart.figure, chart.retry_after) == (None, RETRY_AFTER)
        assert "worker" in chart.message
    stale = _chart(_one(is_fresh=False), _one(metric="size"))
    assert stale.figure is not None
    assert stale.retry_after == RETRY_AFTER


def test_why_there_is_nothing_is_said_by_every_chart():
    nothing = _one(Importance((), 3, None, "needs 10 runs"))
    assert _chart(nothing).message == "needs 10 runs"
    assert interactions_chart(interactions_data(nothing)).message == "needs 10 runs"
    assert dependence_chart(dependence_data(nothing, parameter="lr")).message == "needs 10 runs"
    assert _chart(_one(replace(FOUND, warning="read it with care"))).warning == "read it with care"


def test_dependence_is_a_curve_with_its_band_and_a_shade_where_no_runs_are():
    chart = dependence_chart(dependence_data(_one(), parameter=""))
    low, high, dotted, line = chart.figure.data
    assert (list(low.y), list(high.y), high.fill) == ([3.0, 2.5, 1.0, 0.0], [5.0, 3.5, 3.0, 2.0], "tonexty")
    assert (list(dotted.y), dotted.line.dash) == ([4.0, 3.0, 2.0, 1.0], "dot")
    assert list(line.y) == [4.0, 3.0, None, 1.0]
    assert [(shape.x0, shape.x1) for shape in chart.figure.layout.shapes] == [(0.01, 1.0)]
    assert chart.figure.layout.xaxis.type == "log"
    assert "40 runs" in chart.caption
    assert "fewer than three runs" in chart.caption


def test_categories_are_points_open_where_there_are_few_runs():
    chart = dependence_chart(dependence_data(_one(), parameter="opt"))
    (points,) = chart.figure.data
    assert list(points.y) == [1.0, 2.0]
    assert list(points.error_y.array) == [0.5, 2.0]
    assert list(points.marker.symbol) == ["circle", "circle-open"]
    assert list(chart.figure.layout.xaxis.ticktext) == ["adam", "sgd"]
    assert "Open circles" in chart.caption


def test_the_dependence_table_has_the_numbers_of_the_chart():
    table = dependence_table(dependence_data(_one(), parameter="lr"))
    assert list(table.rows)[2] == (0.1, 2.0, 1.0, 3.0, 1, False)
    missing = dependence_data(_one(), parameter="epochs")
    assert "epochs" in dependence_chart(missing).message
    assert list(dependence_table(missing).rows) == []


def test_interactions_are_a_matrix_in_the_order_of_importance():
    data = interactions_data(_one())
    assert data.names == ("lr", "opt", "width")
    chart = interactions_chart(data)
    (cells,) = chart.figure.data
    assert list(cells.x) == [0, 0]
    assert [base + 0.5 for base in cells.base] == [0, 1]
    assert list(cells.text) == ["12%", "(1%)"]
    assert list(cells.marker.color) == [0.12, 0.01]
    assert "1 pair of 2 for certain" in chart.caption
    assert "40 runs" in chart.caption
    assert next(iter(interactions_table(data).rows)) == ("lr", "opt", 0.12, 0.05, 0.2)
    assert "no pairs" in interactions_chart(interactions_data(_one(replace(FOUND, interactions=())))).message


@pytest.mark.parametrize(
    ("across", "up", "cells"),
    [
        ("lr", "opt", [(0, 0, 1.0), (0, 1, 2.0), (1, 1, 3.0), (2, 0, 4.0), (2, 1, 5.0)]),
        ("opt", "lr", [(0, 0, 1.0), (1, 0, 2.0), (1, 1, 3.0), (0, 2, 4.0), (1, 2, 5.0)]),
    ],
)
def test_a_pair_can_be_drawn_either_way_without_what_no_run_has(across, up, cells):
    data = pair_data(_one(), across=across, up=up)
    chart = pair_chart(data)
    (trace,) = chart.figure.data
    found = zip(trace.x, trace.base, trace.marker.color, strict=True)
    assert [(x, base + 0.5, value) for x, base, value in found] == cells
    assert (trace.marker.cmin, trace.marker.cmax) == (1.0, 5.0)
    assert list(chart.figure.layout.xaxis.ticktext) == (["0.1", "0.2", "0.3"] if across == "lr" else ["a", "b"])
    assert "12% of the variance" in chart.caption
    assert next(iter(pair_table(data).rows)) == (*((0.1, "a") if across == "lr" else ("a", 0.1)), 1.0, 3)


def test_a_pair_that_was_not_looked_at_says_so():
    assert "not looked at together" in pair_chart(pair_data(_one(), across="opt", up="width")).message
