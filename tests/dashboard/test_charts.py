import base64
import math

import numpy as np
import pytest

from dashboard.charts.curve_overlay import run_curve_chart
from dashboard.charts.curves import MAX_POINTS, curves_chart, curves_data, curves_table, kept_places
from dashboard.charts.figure import new_figure, short_name, time_unit
from dashboard.charts.objective import objective_chart, objective_data, objective_table
from sweeps_app.selectors.curves import CountedCurve, RunCurve, SweepCurves
from sweeps_app.selectors.run_columns import RunColumns

DTYPES = {"f8": np.float64, "f4": np.float32, "i4": np.int32, "i2": np.int16, "i1": np.int8, "u1": np.uint8}


def _numbers(value):
    """Decode what plotly.js gets: a list, or a typed array in base64."""
    if isinstance(value, dict):
        return np.frombuffer(base64.b64decode(value["bdata"]), DTYPES[value["dtype"]]).tolist()
    return list(value)


def _columns(values, states=None, times=None, configs=(), total=None):
    n = len(values)
    return RunColumns(
        ids=[f"r{i}" for i in range(n)],
        names=[f"run {i}" for i in range(n)],
        states=states or ["finished"] * n,
        objectives=np.array(values, dtype=np.float64),
        times=np.array(times or [100.0 + i for i in range(n)]),
        configs=configs,
        total=total or n,
    )


def test_a_run_whose_values_are_all_nan_has_no_points():
    found = SweepCurves("loss", [_curve(0, [3.0, 2.0]), _curve(1, []), _curve(2, [1.0])], total=3)
    data = curves_data(found, best_id="r1")
    assert data.runs.tolist() == [0, 0, 0, 2, 2]
    assert len(data.x) == len(data.values) == len(data.runs)
    assert [row[0] for row in curves_table(data).rows] == ["r0", "r0", "r2"]
    assert curves_chart(data).to_json()["figure"] is not None


def _objective(columns, goal="minimize", metric="loss"):
    return objective_data(columns, metric=metric, goal=goal, start=100.0)


def test_best_so_far_follows_time_and_goal():
    columns = _columns([3.0, 1.0, 2.0, 0.5], times=[130.0, 110.0, 100.0, 120.0])
    data = _objective(columns)
    assert data.ids == ["r2", "r1", "r3", "r0"]
    assert data.elapsed.tolist() == [0.0, 10.0, 20.0, 30.0]
    assert data.best.tolist() == [2.0, 1.0, 0.5, 0.5]
    assert _objective(columns, goal="maximize").best.tolist() == [2.0, 2.0, 2.0, 3.0]


def test_failed_runs_are_shown_but_are_never_the_best():
    data = _objective(_columns([-9.0, 1.0, -8.0, 0.5], states=["failed", "finished", "crashed", "running"]))
    assert math.isnan(data.best[0])
    assert data.best[1:].tolist() == [1.0, 1.0, 0.5]
    traces = {trace["name"]: trace for trace in objective_chart(data).to_json()["figure"]["data"]}
    assert _numbers(traces["Failed or crashed"]["y"]) == [-9.0, -8.0]
    assert _numbers(traces["Failed or crashed"]["customdata"]) == [0, 2]
    assert _numbers(traces["Ended"]["y"]) == [1.0]
    assert _numbers(traces["Under way"]["y"]) == [0.5]


def test_runs_without_a_value_are_counted_in_the_sentence():
    chart = objective_chart(_objective(_columns([1.0, math.nan, math.inf, 2.0])))
    assert chart.caption == "loss of 2 of 4 runs; the line is the best so far (minimize)."


def test_time_is_told_in_the_unit_that_reads_best():
    assert time_unit(119) == (1.0, "seconds")
    assert time_unit(120) == (60.0, "minutes")
    assert time_unit(7200) == (3600.0, "hours")
    assert time_unit(200_000) == (86_400.0, "days")
    figure = objective_chart(_objective(_columns([1.0, 2.0], times=[100.0, 700.0]))).figure
    assert figure.layout.xaxis.title.text == "Minutes since the sweep began"
    assert list(figure.data[0].x) == [0.0, 10.0]


def test_order_and_log_scale_are_options_that_reset_the_zoom():
    data = _objective(_columns([1.0, -2.0, 3.0]))
    plain, changed = objective_chart(data), objective_chart(data, by_order=True, log=True)
    assert list(changed.figure.data[0].x) == [1.0, 2.0, 3.0]
    assert (plain.figure.layout.yaxis.type, changed.figure.layout.yaxis.type) == ("linear", "log")
    assert "1 without a positive value" in changed.caption
    assert plain.figure.layout.uirevision != changed.figure.layout.uirevision


def test_an_update_keeps_the_zoom():
    few, more = _objective(_columns([1.0, 2.0])), _objective(_columns([1.0, 2.0, 3.0]))
    assert objective_chart(few).figure.layout.uirevision == objective_chart(more).figure.layout.uirevision


def test_without_values_a_sentence_says_why():
    assert objective_chart(_objective(_columns([math.nan]))).message == "No run has logged a finite loss yet."
    assert "names no metric" in objective_chart(_objective(_columns([]), metric="")).message


def test_the_objective_table_has_the_numbers_of_the_chart():
    table = objective_table(_objective(_columns([2.0, 1.0], states=["failed", "finished"])))
    assert list(table.rows) == [("r0", "run 0", "failed", 0.0, 2.0, None), ("r1", "run 1", "finished", 1.0, 1.0, 1.0)]


def _curve(i, values, state="finished"):
    return RunCurve(f"r{i}", f"run {i}", state, np.arange(len(values)), np.array(values, dtype=np.float64))


def test_curves_are_joined_with_a_gap_after_each():
    data = curves_data(SweepCurves("loss", [_curve(0, [3.0, 2.0]), _curve(1, [5.0])], total=2), best_id="r1")
    assert data.steps.tolist()[:2] == [0.0, 1.0]
    np.testing.assert_array_equal(data.values, [3.0, 2.0, np.nan, 5.0, np.nan])
    assert data.runs.tolist() == [0, 0, 0, 1, 1]
    assert data.best == 1
    assert list(curves_table(data).rows) == [("r0", "run 0", 0, 3.0), ("r0", "run 0", 1, 2.0), ("r1", "run 1", 0, 5.0)]


def test_the_best_run_and_those_under_way_stand_out():
    found = SweepCurves("loss", [_curve(0, [3.0, 2.0]), _curve(1, [5.0, 4.0], "running"), _curve(2, [1.0, 0.0])], 3)
    figure = curves_chart(curves_data(found, best_id="r2")).to_json()["figure"]
    assert [trace["name"] for trace in figure["data"]] == ["Other runs", "Under way", "Best run"]
    np.testing.assert_array_equal(_numbers(figure["data"][2]["y"]), [1.0, 0.0, np.nan])
    assert _numbers(figure["data"][1]["customdata"]) == [1, 1, 1]
    assert figure["layout"]["meta"]["runs"]["names"] == ["run 0", "run 1", "run 2"]


def test_a_thousand_long_curves_stay_bounded_and_keep_their_extremes():
    rng = np.random.default_rng(0)
    curves = [_curve(i, rng.normal(size=1000)) for i in range(1000)]
    data = curves_data(SweepCurves("loss", curves, total=4000))
    assert len(data.values) <= MAX_POINTS + 2 * len(curves)
    for i in (0, 500, 999):
        shown = data.values[data.runs == i]
        assert (np.nanmin(shown), np.nanmax(shown)) == (curves[i].values.min(), curves[i].values.max())
    assert curves_chart(data).caption == (
        "loss by step of 1,000 of 4,000 runs "
        "(evenly over the ranks of the objective, the best and those under way among them)."
    )


@pytest.mark.parametrize("limit", [1, 2, 3, 24, 999, 1000])
def test_thinning_keeps_both_ends_and_the_order(limit):
    values = np.sin(np.arange(1000.0))
    kept = kept_places(values, limit)
    assert (kept[0], kept[-1]) == (0, 999)
    assert (np.diff(kept) > 0).all()
    assert len(kept) <= max(limit, 4)
    assert {values.argmin(), values.argmax()} <= set(kept.tolist())


def test_a_curve_of_one_run_says_how_it_was_drawn():
    exact = run_curve_chart(CountedCurve(_curve(0, [1.0, 2.0]), 2), "loss")
    assert exact.caption == "2 values of loss by step."
    assert list(exact.figure.data[0].y) == [1.0, 2.0]
    reduced = run_curve_chart(CountedCurve(_curve(0, np.arange(100.0)), 5000), "loss")
    assert reduced.caption == "5,000 values of loss by step, drawn by 100 points that keep every extreme."
    assert "no finite number" in run_curve_chart(None, "loss").message


def test_figures_carry_no_template_and_no_colours_of_a_theme():
    figure = new_figure([], revision="x", meta={}).to_plotly_json()
    assert "template" not in figure["layout"]


def test_a_short_name_has_its_end_and_one_ellipsis():
    assert short_name("trainer-a.lab.example.org:4103", 22) == "…lab.example.org:4103"
    assert short_name("gpu-node-01:4100", 22) == "gpu-node-01:4100"
