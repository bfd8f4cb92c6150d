"""Early stopping and edits as a person sees them."""

import numpy as np
import pytest
from django.test import Client

from dashboard.charts.bands import band_lines, band_trace, bands_data
from dashboard.charts.curves import curves_chart, curves_data
from sweeps_app.models import Sweep
from sweeps_app.selectors.curves import RunCurve, SweepCurves
from sweeps_app.selectors.decisions import BandMark, band_marks
from sweeps_app.services.ingest import history_append
from sweeps_app.services.runs import run_finish
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_sweep, make_user, start

ASHA = RANDOM_CONFIG | {"early_terminate": {"type": "asha", "min_iter": 2, "max_iter": 16, "eta": 2}}
HISTORIES = [[1.0, 0.5, 0.25, 0.2], [3.0, 2.0, 1.0, 0.9], [9.0, 9.0], [8.0, 7.0]]


@pytest.fixture
def judged(db):
    """A sweep whose rule has stopped the three worst of four runs, and the browser of its owner."""
    user = make_user("owner")
    sweep = make_sweep(user, ASHA)
    agent = make_agent(user, sweep)
    runs = []
    for values in HISTORIES:
        run = start(user, ask(agent))
        stop = history_append(run=run, offset=0, rows=[{"loss": value} for value in values]).stop
        runs.append(run_finish(run=run, exit_code=255 if stop else 0, state="killed" if stop else None))
    browser = Client()
    browser.force_login(user)
    return sweep, runs, browser


def test_bands_show_threshold_reach_and_stops(judged):
    sweep, runs, _ = judged
    assert [run.state for run in runs] == ["finished", "stopped_early", "stopped_early", "stopped_early"]
    assert [(m.band, m.reached, m.stopped) for m in band_marks(sweep)] == [(2, 4, 3), (4, 2, 0)]


def test_the_page_tells_who_was_stopped_and_why(judged):
    sweep, runs, browser = judged
    text = browser.get(f"/owner/demo/sweeps/{sweep.sweep_id}/stopping").content.decode()
    assert "judged by <strong>asha</strong>" in text
    assert text.count(">run-") == 3
    decision = runs[2].decisions.get(stop=True)
    assert decision.reason in text
    run_page = browser.get(f"/owner/demo/runs/{runs[2].run_id}").content.decode()
    assert "<strong>Stopped</strong> by the rule asha" in run_page
    assert f"{decision.reason}." in run_page
    assert "stopped early" in run_page


def test_another_rule_is_tried_without_changing_anything(judged):
    sweep, _, browser = judged
    url = f"/owner/demo/sweeps/{sweep.sweep_id}/stopping"
    response = browser.get(url, {"type": "patience", "patience": 1})
    assert response.context["found"].runs == 4
    assert [run for _, run in response.context["wrongly"]] == list(response.context["found"].wrongly_stopped)
    wrong = browser.get(url, {"type": "hyperband"}).content.decode()
    assert "needs min_iter, or max_iter and s" in wrong
    assert Sweep.objects.get().config["early_terminate"]["type"] == "asha"


def test_bands_lie_over_the_curves_at_the_steps_where_runs_reach_them():
    curves = [
        RunCurve(f"r{i}", f"r{i}", "finished", np.array([0, 10, 20, 30]), np.array([4.0, 3.0, 2.0, 1.0]))
        for i in range(3)
    ]
    bands = bands_data([BandMark(2, 2.5, 3, 1), BandMark(9, 0.5, 0, 0)], curves)
    assert bands.steps.tolist() == [10.0, 8.0]
    trace = band_trace(bands)
    assert (list(trace.x), list(trace.y)) == ([10.0, 8.0], [2.5, 0.5])
    assert [line["x0"] for line in band_lines(bands)] == [10.0, 8.0]
    chart = curves_chart(curves_data(SweepCurves("loss", curves, 3)), bands=bands)
    assert [t.name for t in chart.figure.data][-1] == "Stopping threshold"
    assert "2 stopping bands with their thresholds, where 1 run was stopped" in chart.caption


def test_the_figure_of_the_metric_has_bands_and_others_have_none(judged):
    sweep, _, browser = judged
    url = f"/owner/demo/sweeps/{sweep.sweep_id}/curves.json"
    names = [trace.get("name") for trace in browser.get(url).json()["figure"]["data"]]
    assert "Stopping threshold" in names
    other = browser.get(url, {"metric": "_runtime"}).json()
    assert "Stopping threshold" not in str(other)


def test_a_sweep_is_edited_as_text(judged):
    sweep, _, browser = judged
    url = f"/owner/demo/sweeps/{sweep.sweep_id}/edit"
    text = browser.get(url).context["form"].initial["config"]
    assert browser.post(url, {"config": text + "run_cap: 50\n"}).status_code == 302
    sweep.refresh_from_db()
    assert (sweep.version, sweep.run_cap) == (2, 50)
    page = browser.get(f"/owner/demo/sweeps/{sweep.sweep_id}").content.decode()
    assert "Version 2 of the sweep holds from the next run on." in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("method: [", "line 1, column 10"),
        ("method: grid", "<code>parameters</code>"),
        ("- a list", "must be an object"),
    ],
)
def test_a_wrong_edit_says_where_and_keeps_the_text(judged, text, said):
    sweep, _, browser = judged
    response = browser.post(f"/owner/demo/sweeps/{sweep.sweep_id}/edit", {"config": text})
    content = response.content.decode()
    assert response.status_code == 400
    assert said in content
    assert "Nothing was changed" in content
    assert response.context["form"]["config"].value() == text
    assert Sweep.objects.get().version == 1
