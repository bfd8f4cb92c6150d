import numpy as np
import pytest

from dashboard.charts.curve_bands import bands_chart, bands_table, curve_bands
from dashboard.charts.curve_options import read_curve_options
from dashboard.charts.curve_overlay import curve_rows, overlay_chart
from dashboard.charts.curves import curves_chart, curves_data
from dashboard.charts.line_looks import MAX_LOOKS, line_look
from sweeps_app.errors import InvalidInput
from sweeps_app.selectors.curves import RunCurve, SweepCurves


def _curve(i, values, across=None):
    values = np.array(values, dtype=float)
    across = None if across is None else np.array(across, dtype=float)
    return RunCurve(f"r{i}", f"run {i}", "finished", np.arange(len(values)), values, across)


def _options(**given):
    return read_curve_options({f"curve.{name}": value for name, value in given.items()})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("x", "metric:", "must be one of step, time, relative, or metric:NAME"),
        ("smooth", "median", "must be one of ema, gaussian, average"),
        ("amount", "100", "a whole number from 0 to 99"),
        ("most", "-3", "a whole number from 2 to 1,000"),
        ("band", "x", "must be one of std, stderr"),
        ("group", "lr", "is no column"),
        ("runs", "worst", "must be one of spread, best, newest"),
    ],
)
def test_what_makes_no_sense_is_named(name, value, said):
    with pytest.raises(InvalidInput, match=said) as error:
        _options(**{name: value})
    assert error.value.problems[0].field == f"curve.{name}"


def test_bands_of_groups_have_a_table_and_a_sentence():
    found = SweepCurves("loss", [_curve(0, [3, 1]), _curve(1, [5, 3]), _curve(2, [9])], 4, grouped=["a", "a", "b"])
    options = _options(band="minmax", group="config.optimizer", smooth="average", amount="1")
    data = curve_bands(found, options)
    rows = [("a", 0, 4, 3, 5, 2), ("a", 1, 2, 1, 3, 2), ("b", 0, 9, 9, 9, 1)]
    assert list(bands_table(data).rows) == rows
    chart = bands_chart(data, options)
    assert chart.caption == (
        "Mean between minimum and maximum of loss by step, grouped by optimizer, of 3 of 4 runs "
        "(evenly over the ranks of the objective, the best and those under way among them); "
        "interpolated between points, a run counts up to its last point; smoothed by the mean of 1 point."
    )
    area, middle = chart.figure.data[0], chart.figure.data[2]
    assert (area.fill, list(area.y[:4])) == ("toself", [5, 3, 1, 3])
    assert middle.text[0] == "a: 2 runs, 3 to 5"
    assert chart.figure.layout.meta["y"] == "mean loss"


def test_a_band_has_a_polygon_for_each_stretch():
    found = SweepCurves("loss", [_curve(0, [1, 1, 1], [0, 1, 5]), _curve(1, [2, 2], [0, 1]), _curve(2, [3], [5])], 3)
    area = bands_chart(curve_bands(found, _options(band="std")), _options(band="std")).figure.data[0]
    assert np.isnan(np.array(area.x, dtype=float)).sum() == 1


def test_groups_are_lines_of_their_own_and_what_was_logged_lies_behind():
    found = SweepCurves("loss", [_curve(0, [4, 2, 0]), _curve(1, [8, 8, 8])], 2, grouped=["b", "a"])
    options = _options(group="state", smooth="ema", amount="50")
    chart = curves_chart(curves_data(found, options), options)
    assert [trace.name for trace in chart.figure.data] == ["a, as logged", "a", "b, as logged", "b"]
    assert chart.figure.data[2].y[1] == 2
    assert chart.figure.data[3].y[1] == pytest.approx((0.5 * 0.5 * 4 + 0.5 * 2) / 0.75)
    assert chart.caption.endswith("smoothed by an exponential moving average of weight 0.5.")


def test_times_are_shown_on_the_clocks_of_the_viewer():
    summer, winter = 1_750_000_000.0, 1_765_000_000.0
    found = SweepCurves("loss", [_curve(0, [1, 2], [summer, winter])], 1)
    options = _options(x="time", zone="Europe/Berlin", logx="1")
    figure = curves_chart(curves_data(found, options), options).figure
    assert list(figure.data[0].x[:2]) == [1000 * (summer + 7200), 1000 * (winter + 3600)]
    assert (figure.layout.xaxis.type, figure.layout.xaxis.title.text) == ("date", "Time (Europe/Berlin)")
    assert _options(zone="Nowhere/City").zone.key == "UTC"


def test_logarithmic_axes_say_what_they_leave_out():
    found = SweepCurves("loss", [_curve(0, [1, 2])], 1)
    options = _options(logx="1", logy="1")
    chart = curves_chart(curves_data(found, options), options)
    assert chart.caption == "loss by step of 1 run. What is not positive cannot be on the logarithmic axis."
    assert (chart.figure.layout.xaxis.type, chart.figure.layout.yaxis.type) == ("log", "log")


def test_runs_that_cannot_be_placed_are_counted():
    options = _options(x="metric:epoch")
    some = SweepCurves("loss", [_curve(0, [1, 2], [0, 1])], 3, placeless=2)
    assert "by epoch of 1 of 3 runs, 2 without a place" in curves_chart(curves_data(some, options), options).caption
    none = SweepCurves("loss", [], 3, placeless=3)
    assert "None of 3 runs with loss" in curves_chart(curves_data(none, options), options).message


def test_compared_runs_keep_their_look_in_every_chart():
    curves = [_curve(0, [1, 2]), _curve(2, [3, 4])]
    chart = overlay_chart(curves, ["r0", "r1", "r2"], "loss", _options(), run_prefix="/runs/")
    assert [trace.line.color for trace in chart.figure.data] == ["var(--chart-1)", "var(--chart-3)"]
    assert chart.caption == "loss of 2 runs by step; 1 of the runs has none."
    assert chart.figure.layout.meta["runs"]["names"] == ["run 0", "run 2"]
    assert list(curve_rows(curves, "loss", _options()).rows)[2] == ("r2", "run 2", 0, 3.0)
    looks = [tuple(line_look(place).values()) for place in range(MAX_LOOKS)]
    assert len(set(looks)) == MAX_LOOKS
