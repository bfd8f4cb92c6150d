"""The charts that show runs as points or bars: what they draw, what they say, and what they leave out."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dashboard.charts.contour import contour_chart, contour_data, contour_table
from dashboard.charts.hypervolume import hypervolume_chart, hypervolume_data, hypervolume_table
from dashboard.charts.pareto import Pursued, pareto_chart, pareto_data, pareto_table
from dashboard.charts.points import best_of, drawn_runs, parameter_axis, places_of
from dashboard.charts.slice import SliceData, slice_chart, slice_table
from dashboard.charts.timeline import timeline_chart, timeline_data, timeline_table
from sweeps_app.analysis.encoding import AxisColumn, ParameterAxis
from sweeps_app.selectors.points import RunPoints
from sweeps_app.selectors.spans import Lane, RunSpans

LR = ParameterAxis(("lr",), "number", log=True)
DROPOUT = ParameterAxis(("dropout",), "number")
OPTIMIZER = ParameterAxis(("optimizer",), "category")
BERLIN = ZoneInfo("Europe/Berlin")


def _points(axes=(), states=None, total=None, **metrics):
    metrics = {name: np.array(values, dtype=np.float64) for name, values in metrics.items()}
    n = len(next(iter(metrics.values())))
    names = [f"run {i}" for i in range(n)]
    return RunPoints([f"r{i}" for i in range(n)], names, states or ["finished"] * n, list(axes), metrics, total or n)


def _numbers(axis, values):
    return AxisColumn(axis, np.array(values, dtype=np.float64))


def _random(n, seed=0):
    rng = np.random.default_rng(seed)
    lr = _numbers(LR, 10 ** rng.uniform(-5, -1, n))
    dropout = _numbers(DROPOUT, rng.uniform(0, 0.5, n))
    return lr, dropout, (np.log10(lr.values) + 3) ** 2 + dropout.values


def test_of_many_runs_the_best_and_an_even_sample_are_drawn():
    values = np.arange(10_000.0)
    values[7] = np.nan
    for goal, best in (("minimize", range(7)), ("maximize", range(9_990, 10_000))):
        chosen = drawn_runs(values, goal, 500)
        assert len(chosen) == 500
        assert (np.diff(chosen) > 0).all()
        assert set(best) <= set(chosen.tolist())
        assert 7 not in chosen
    thirds = np.histogram(drawn_runs(values, "", 300), bins=3, range=(0, 10_000))[0]
    assert (np.abs(thirds - 100) <= 1).all()
    assert drawn_runs(np.array([1.0, np.nan, 2.0]), "minimize", 10).tolist() == [0, 2]


def test_a_failed_run_is_never_the_best():
    values = np.array([1.0, 5.0, 3.0, np.nan])
    assert best_of(values, ["failed", "finished", "finished", "finished"], "minimize") == 2
    assert best_of(values, ["failed", "crashed", "failed", "finished"], "minimize") is None
    assert best_of(values, ["finished"] * 4, "") is None


def test_categories_stand_beside_their_place_and_logs_have_no_place_for_zero():
    column = AxisColumn(OPTIMIZER, np.array([0.0, 1.0, 1.0, np.nan]), ("adam", "sgd"))
    places = places_of(column)
    np.testing.assert_array_equal(np.rint(places), [0, 1, 1, np.nan])
    assert places[1] != places[2]
    assert parameter_axis(column)["ticktext"] == ["adam", "sgd"]
    assert np.isnan(places_of(_numbers(LR, [0.0]))).all()
    assert parameter_axis(_numbers(LR, [16, 32, 16]))["tickvals"] == [16.0, 32.0]


def test_slices_share_the_metric_and_mark_the_best_run():
    lr, _, loss = _random(40)
    loss[0] = np.nan
    category = AxisColumn(OPTIMIZER, np.array([np.nan, *[0.0, 1.0] * 19, 1.0]), ("adam", "sgd"))
    data = SliceData("loss", "minimize", _points((lr, category), loss=loss), first=6, parameters=8)
    chart = slice_chart(data, columns=2, run_prefix="/me/demo/runs/")
    assert chart.caption.startswith("loss of 39 of 40 runs against each parameter, coloured by the order of the runs.")
    assert chart.caption.endswith("Parameters 7 to 8 of 8.")
    layout = chart.figure.layout
    assert (layout.xaxis.type, layout.xaxis2.title.text, layout.yaxis2.matches) == ("log", "optimizer (1 without)", "y")
    best = [trace for trace in chart.figure.data if trace.name == "Best run"]
    assert [trace.y[0] for trace in best] == [np.nanmin(loss)] * 2
    assert layout.meta["runs"]["names"][best[0].customdata[0]] == f"run {int(np.nanargmin(loss))}"
    header, rows = slice_table(data)
    assert (header[3:], len(list(rows))) == (("lr", "optimizer", "loss"), 40)


def test_slices_begin_where_most_runs_are_and_say_what_is_beyond():
    lr, _, loss = _random(60)
    loss[:3] = 1e9
    chart = slice_chart(SliceData("loss", "minimize", _points((lr,), loss=loss), 0, 1))
    assert chart.figure.layout.yaxis.range[1] < 1e3
    assert "3 far worse ones are beyond the axis: reset the zoom to see them." in chart.caption
    assert (
        slice_chart(SliceData("loss", "minimize", _points((lr,), loss=loss), 0, 1), log=True).figure.layout.yaxis.range
        is None
    )
    nothing = slice_chart(SliceData("loss", "minimize", _points((lr,), loss=[np.nan] * 60), 0, 1))
    assert nothing.message == "No run has logged a finite loss yet."


def test_a_contour_is_filled_from_weak_to_strong_in_the_units_of_its_parameters():
    lr, dropout, loss = _random(400)
    data = contour_data(_points((lr, dropout), loss=loss), metric="loss", goal="minimize")
    figure = contour_chart(data).figure
    areas = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(areas) > 4
    x = np.concatenate([np.asarray(area.x) for area in areas])
    assert np.nanmin(x) == pytest.approx(lr.values.min())
    assert np.nanmax(x) == pytest.approx(lr.values.max())
    assert areas[0].fillcolor == "var(--field-8)"  # the lowest loss is the best
    text = [note.text for note in figure.layout.annotations]
    assert ["loss", f"{np.nanmin(data.field.means):.3g}", f"{np.nanmax(data.field.means):.3g}"] == text
    rows = list(contour_table(data).rows)
    assert len(rows) == int((~np.isnan(data.field.means)).sum())


def test_a_contour_of_a_category_is_bands_and_few_runs_fill_nothing():
    lr, _, loss = _random(200)
    category = AxisColumn(OPTIMIZER, np.arange(200) % 2.0, ("adam", "sgd"))
    data = contour_data(_points((lr, category), loss=loss + category.values), metric="loss", goal="minimize")
    areas = [trace for trace in contour_chart(data).figure.data if trace.fill == "toself"]
    heights = np.concatenate([np.asarray(area.y) for area in areas])
    assert (np.nanmin(heights), np.nanmax(heights)) == (-0.499, 1.499)
    assert {row[1] for row in contour_table(data).rows} == {"adam", "sgd"}
    few = contour_data(_points((_numbers(LR, [0.1]), _numbers(DROPOUT, [0.2])), loss=[1.0]), metric="loss", goal="")
    chart = contour_chart(few)
    assert not [trace for trace in chart.figure.data if trace.fill == "toself"]
    assert "from 1 run " in chart.caption
    assert list(contour_table(few).rows) == []


@pytest.mark.parametrize("value", [0.0, 30.0, 0.1, -1e-9, 1e300])
def test_runs_that_are_all_as_good_make_a_contour_of_one_height(value):
    lr, dropout, _ = _random(100)
    data = contour_data(_points((lr, dropout), epoch=np.full(100, value)), metric="epoch", goal="")
    data.field.means[0, 0] = np.nextafter(data.field.means[0, 0], np.inf)
    assert [trace for trace in contour_chart(data).figure.data if trace.fill == "toself"]


@pytest.mark.parametrize(
    ("across", "up", "front", "shape"),
    [
        ("minimize", "minimize", ["r0", "r1"], "hv"),
        ("minimize", "maximize", ["r0", "r2"], "hv"),
        ("maximize", "minimize", ["r1"], "vh"),
        ("maximize", "maximize", ["r2"], "vh"),
    ],
)
def test_the_front_follows_both_goals(across, up, front, shape):
    points = _points(a=[1, 2, 2, 0, np.nan], b=[2, 1, 3, -9, 0], states=["finished"] * 3 + ["failed", "finished"])
    data = pareto_data(points, across=Pursued("a", across), up=Pursued("b", up))
    assert [points.ids[i] for i in np.flatnonzero(data.front)] == front
    chart = pareto_chart(data)
    line = next(trace for trace in chart.figure.data if trace.name == "Pareto front")
    assert line.line.shape == shape
    assert "of 4 of 5 runs" in chart.caption
    assert [row[0] for row in pareto_table(data).rows][: len(front)] == front
    assert "Failed or crashed" in {trace.name for trace in chart.figure.data}


def test_one_metric_has_no_front():
    data = pareto_data(_points(a=[1.0]), across=Pursued("a", "minimize"), up=Pursued("a", "minimize"))
    assert pareto_chart(data).message == "Choose two different metrics."


def _volume(**options):
    points = _points(a=[1, 3, 2, np.nan, 2], b=[1, 3, 2, 1, 0])
    times = np.array([100.0, 160.0, 130.0, 110.0, 40.0])
    metrics = (Pursued("a", "minimize"), Pursued("b", "maximize"))
    return hypervolume_data(points, times, metrics=metrics, start=50.0, **options)


def test_the_hypervolume_grows_as_runs_end():
    data = _volume(reference=[4.0, 0.0])
    table = hypervolume_table(data)
    assert table.header == ("run", "name", "seconds", "a", "b", "hypervolume")
    # r4 touches the reference and adds nothing; r0 covers 3 * 1, r2 adds 2 * 1 and r1 1 * 1.
    assert list(table.rows) == [
        ("r0", "run 0", 50.0, 1.0, 1.0, 3.0),
        ("r2", "run 2", 80.0, 2.0, 2.0, 5.0),
        ("r1", "run 1", 110.0, 3.0, 3.0, 6.0),
    ]
    chart = hypervolume_chart(data, run_prefix="/runs/")
    steps = chart.figure.data[0]
    assert chart.figure.layout.meta["runs"] == {"ids": ["r0", "r2", "r1"], "names": ["run 0", "run 2", "run 1"]} | {
        "prefix": "/runs/"
    }
    assert steps.x.tolist() == [50.0, 80.0, 110.0]
    assert chart.caption == (
        "Hypervolume of a (minimize), b (maximize) of 4 of 5 finished runs: 6, 67% of the box to the best of each. "
        "Reference point: a 4, b 0 (as chosen). 3 runs made the front better."
    )
    by_order = hypervolume_chart(data, by_order=True).figure.data
    assert (by_order[0].x.tolist(), list(by_order[1].x)) == ([2.0, 3.0, 4.0], [4.0, 4.0])


def test_a_hypervolume_has_a_reference_of_its_own_and_says_why_there_is_none():
    assert "Reference point: a 3.2, b -0.3 (a tenth of the range" in hypervolume_chart(_volume(reference=None)).caption
    assert "choose a worse one" in hypervolume_chart(_volume(reference=[0.0, 9.0])).message
    points = _points(a=[np.nan], b=[1.0])
    metrics = (Pursued("a", "minimize"), Pursued("b", "minimize"))
    nothing = hypervolume_data(points, np.zeros(1), metrics=metrics, start=0.0, reference=None)
    assert hypervolume_chart(nothing).message == "No finished run has logged all of a, b yet."
    one = hypervolume_data(_points(a=[1.0]), np.zeros(1), metrics=metrics[:1], start=0.0, reference=None)
    assert hypervolume_chart(one).message == "A hypervolume needs two metrics or more."


def _spans(count, agents, state="finished"):
    lanes = np.arange(count, dtype=np.int32) % agents
    starts = 1_760_000_000.0 + 60.0 * np.arange(count)
    places = [Lane(f"host{i // 4}", f"host{i // 4}:{i}", starts[0] - 5, starts[-1] + 90) for i in range(agents)]
    ids = [f"r{i}" for i in range(count)]
    return RunSpans(ids, ids, [state] * count, [1] * count, lanes, starts, starts + 30, places, count)


def test_bars_stand_in_the_viewers_zone_and_take_turns_in_shade():
    spans = _spans(6, 2)._replace(attempts=[1, 1, 2, 1, 1, 1], states=["finished"] * 5 + ["crashed"])
    chart = timeline_chart(timeline_data(spans), zone=BERLIN, run_prefix="/me/demo/runs/")
    bars = [trace for trace in chart.figure.data if trace.name == "Finished"]
    assert {bar.opacity for bar in bars} == {0.95, 0.6}
    shown = np.concatenate([np.asarray(bar.x)[::4] for bar in bars])
    np.testing.assert_allclose(sorted(shown), (spans.starts[:5] + 7200) * 1000)  # summer time
    assert chart.figure.layout.meta["spans"]["attempts"] == {"2": 2}
    assert [trace.showlegend for trace in bars] == [True, False]
    assert not any(bar.line.simplify for bar in bars)  # else what is narrower than a pixel is not there
    named = [trace.name for trace in chart.figure.data if trace.showlegend is not False]
    assert named == ["Finished", "Crashed"]  # of lines and crosses the caption tells: a phone has room for few names
    assert any(trace.name == "Failed or crashed here" for trace in chart.figure.data)
    assert "a cross the end of what failed or crashed" in chart.caption
    assert chart.caption.startswith("6 runs, 1 of them tried again, by 2 agents; ")
    assert "Times of Europe/Berlin" in chart.caption
    first = next(iter(timeline_table(timeline_data(spans)).rows))
    assert first == ("host0:0", "r0", "r0", 1, "finished", "2025-10-09 08:53:20", 30.0)


def test_the_clock_that_is_put_back_does_not_shift_what_came_before_it():
    spans = _spans(2, 1)._replace(starts=np.array([1_761_438_600.0, 1_761_442_200.0]))  # around 2025-10-26 01:00 UTC
    spans = spans._replace(ends=spans.starts + 60)
    figure = timeline_chart(timeline_data(spans), zone=BERLIN).figure
    starts = sorted(float(trace.x[0]) for trace in figure.data if trace.name == "Finished")
    assert starts == [(1_761_438_600 + 7200) * 1000, (1_761_442_200 + 3600) * 1000]


def test_of_many_agents_those_are_shown_that_had_a_run_last_and_hosts_name_the_rows():
    data = timeline_data(_spans(300, 130))
    assert len(data.lanes) == 100
    assert {lane.name for lane in data.lanes} == {f"host{i // 4}:{i}" for i in {n % 130 for n in range(200, 300)}}
    chart = timeline_chart(data, zone=BERLIN)
    assert "100 of 130 agents, those that had a run last" in chart.caption
    assert len(chart.figure.layout.yaxis.ticktext) < 70
    assert timeline_chart(timeline_data(_spans(0, 0)), zone=BERLIN).message == "No agent has begun a run yet."
