import csv
import gzip
import io
import json
import math
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.http import JsonResponse, QueryDict
from django.utils import timezone

from dashboard.charts.figure import Chart
from dashboard.views import column_data
from dashboard.views.sweep_data import sweep_chart
from sweeps_app.analysis.encoding import ParameterAxis
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.points import run_points
from sweeps_app.services.analysis import importance_compute
from sweeps_app.services.bulk import RunsChange, runs_update
from sweeps_app.services.deletion import run_delete
from sweeps_app.services.ingest import history_append
from sweeps_app.services.runs import RunDetails, run_finish, run_update
from tests.dashboard.world import add_fleet, add_runs


def test_figures_are_json_that_a_browser_may_keep_until_something_changes(page, world):
    first = page.get(f"{world.sweep_path}/objective.json")
    assert first["Cache-Control"] == "private, no-cache"
    assert page.get(f"{world.sweep_path}/objective.json", headers={"If-None-Match": first["ETag"]}).status_code == 304
    add_runs(world.sweep, 2)
    again = page.get(f"{world.sweep_path}/objective.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert "of 8 of 10 runs" in again.json()["caption"]


def test_curves_take_any_metric_and_some_of_the_runs(page, world):
    found = page.get(f"{world.sweep_path}/curves.json?metric=loss&curve.runs=newest&curve.most=3").json()
    told = "loss by step of 3 of 7 runs (the newest, the best and those under way among them); the best run stands out."
    assert found["caption"] == told
    shown = [world.runs[0], *world.runs[-2:]]  # the one under way is never left out
    assert found["figure"]["layout"]["meta"]["runs"]["ids"] == [run.run_id for run in shown]
    assert "yet" in page.get(f"{world.sweep_path}/curves.json?metric=nothing").json()["message"]


def test_parallel_coordinates_say_when_not_all_runs_are_shown(page, world, monkeypatch):
    monkeypatch.setattr(column_data, "MAX_RUNS", 5)
    found = page.get(f"{world.sweep_path}/parallel.json").json()
    assert (found["shown"], found["total"]) == (5, 8)
    assert [axis["name"] for axis in found["axes"]] == ["config.lr", "config.optimizer", "objective", "summary.epoch"]


def test_importance_comes_when_a_worker_has_computed_it(page, world, sent_tasks):
    add_runs(world.sweep, 40)
    waiting = page.get(f"{world.sweep_path}/importance.json").json()
    assert (waiting["figure"], waiting["retry_after"]) == (None, 2.0)
    importance_compute(sweep_id=world.sweep.pk)
    found = page.get(f"{world.sweep_path}/importance.json").json()
    assert sorted(found["figure"]["data"][0]["y"]) == ["lr", "optimizer"]
    assert found["retry_after"] is None


def _by_lr(sweep, count):
    """Add runs whose loss is told by their parameters."""
    for run in add_runs(sweep, count):
        run.objective = math.log10(run.config["lr"]) + 2 * (run.config["optimizer"] == "sgd")
        run.save(update_fields=["objective"])


def test_importance_follows_the_selection_unless_it_is_to_be_of_all_runs(page, world, sent_tasks):
    _by_lr(world.sweep, 60)
    adam = '[{"category":"config.optimizer","in":["adam"]}]'
    path = f"{world.sweep_path}/importance.json?sel={adam}"
    waiting = page.get(path)
    assert "among the selected runs" in waiting.json()["message"]
    assert "ETag" not in waiting  # asking again is what makes a worker begin
    importance_compute(sweep_id=world.sweep.pk, selection=adam)
    importance_compute(sweep_id=world.sweep.pk)
    ended = world.sweep.runs.filter(state="finished")
    selected = sum(run.config["optimizer"] == "adam" for run in ended)
    assert selected < ended.count()
    followed = page.get(path).json()
    assert f"loss of {selected} selected runs" in followed["caption"]
    assert "The same in all selected runs, and so not ranked: epochs, optimizer." in followed["notes"]
    curve = page.get(f"{world.sweep_path}/dependence.json?sel={adam}").json()
    assert f"from {selected} selected runs" in curve["caption"]
    assert f"loss of {ended.count()} runs" in page.get(f"{path}&of=all").json()["caption"]
    few = page.get(f'{world.sweep_path}/importance.json?sel=[{{"runs":["{world.runs[3].run_id}"]}}]').json()
    assert "A ranking needs 10 ended runs" in few["message"]
    assert "select more" in few["message"]
    html = page.get(f"{world.sweep_path}?sel={adam}&of=all").content.decode()
    assert '<option value="all" selected>Of all runs</option>' in html
    assert 'name="of"' not in page.get(world.sweep_path).content.decode()


def test_importance_is_of_the_metric_and_the_parameters_that_the_address_names(page, world, sent_tasks):
    _by_lr(world.sweep, 40)
    for target in ("loss", "epoch"):
        importance_compute(sweep_id=world.sweep.pk, target=target)
    curve = page.get(f"{world.sweep_path}/dependence.json?target=loss&parameter=optimizer").json()
    assert curve["figure"]["layout"]["xaxis"]["ticktext"] == ["adam", "sgd"]
    assert "partial dependence" in curve["caption"]
    pair = page.get(f"{world.sweep_path}/dependence.json?parameter=optimizer&with=lr").json()
    assert pair["figure"]["layout"]["yaxis"]["title"]["text"] == "lr"
    assert "optimizer and lr" in pair["caption"]
    assert "same value in all runs" in page.get(f"{world.sweep_path}/importance.json?target=epoch").json()["message"]
    gone = page.get(f"{world.sweep_path}/importance.json?target=gone%00").json()
    assert "no run of the sweep has come to a number called 'gone'" in gone["message"]


def test_what_is_chosen_of_importance_stays_in_the_address(page, world):
    html = page.get(f"{world.sweep_path}?target=epoch&parameter=lr&with=optimizer&sort=name").content.decode()
    assert f'"{world.sweep_path}/importance.json?target=epoch&amp;parameter=lr&amp;with=optimizer"' in html
    assert '<option value="epoch" selected>' in html
    assert '<option value="optimizer" selected>with optimizer</option>' in html
    table = html[html.index('id="runs"') :]
    assert '<input type="hidden" name="target" value="epoch">' in table
    form = html[html.index('id="dependence-panel"') : html.index('id="dependence-parameter"')]
    assert '<input type="hidden" name="sort" value="name">' in form
    assert '<input type="hidden" name="target" value="epoch">' in form


CHARTS = (
    *("objective", "parallel", "scatter", "distribution", "curves", "importance", "interactions", "dependence"),
    *("slice", "contour", "pareto", "hypervolume", "timeline"),
)


@pytest.mark.parametrize("name", CHARTS)
def test_each_chart_is_a_file_and_a_table_too(page, world, name):
    response = page.get(f"{world.sweep_path}/{name}.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f"tuning-{name}.csv" in response["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert len({len(row) for row in rows}) == 1
    table = page.get(f"{world.sweep_path}/{name}.html").content.decode()
    assert f'<th scope="col">{rows[0][0]}</th>' in table


def test_the_file_of_parallel_coordinates_has_the_axes_that_were_added(page, world):
    found = page.get(f"{world.sweep_path}/parallel.csv?keys=min.loss,config.lr,max.loss").content.decode()
    header, *rows = csv.reader(io.StringIO(found))
    assert header[3:] == ["lr", "optimizer", "loss", "epoch", "min loss", "max loss"]
    assert all(float(row[-1]) == float(row[-2]) + 1 for row in rows if row[-1])
    refused = page.get(f"{world.sweep_path}/parallel.csv?keys=nonsense", headers={"Accept": "application/json"})
    assert refused.status_code == 400
    assert "nonsense" in refused.content.decode()


def test_the_hypervolume_is_of_finished_runs_and_takes_a_reference(page, world):
    config = {name: value for name, value in world.sweep.config.items() if name != "metric"}
    config["metrics"] = [{"name": "loss", "goal": "minimize"}, {"name": "epoch", "goal": "maximize"}]
    Sweep.objects.filter(pk=world.sweep.pk).update(config=config)
    chart = page.get(f"{world.sweep_path}/hypervolume.json?reference=1,0").json()
    assert "of 6 finished runs: 7.875, 100% of" in chart["caption"]  # (1 - 1/8) * 9
    assert len(chart["figure"]["layout"]["meta"]["runs"]["ids"]) == 6
    told = "reference: must be 2 numbers with commas between them, for loss, epoch"
    assert page.get(f"{world.sweep_path}/hypervolume.json?reference=1,inf").json()["message"] == told
    refused = page.get(f"{world.sweep_path}/hypervolume.csv?reference=1", headers={"Accept": "application/json"})
    assert refused.status_code == 400


def test_files_have_every_run_but_tables_are_cut(page, world):
    add_runs(world.sweep, 300)
    rows = list(csv.reader(io.StringIO(page.get(f"{world.sweep_path}/parallel.csv").content.decode())))
    assert len(rows) == 1 + 308
    table = page.get(f"{world.sweep_path}/parallel.html").content.decode()
    assert table.count("<tr>") == 1 + 200
    assert "The first 200 rows; the CSV file has all." in table


def test_a_name_is_no_formula_to_a_spreadsheet(page, world):
    Run.objects.filter(pk=world.runs[2].pk).update(name="=HYPERLINK(1)", finished_at=timezone.now())
    assert ",'=HYPERLINK(1)," in page.get(f"{world.sweep_path}/objective.csv").content.decode()


def test_a_runs_curve_is_data_too(page, world):
    found = page.get(f"{world.run_path}/curve.json?metric=loss").json()
    assert found["caption"] == "10 values of loss by step."
    rows = page.get(f"{world.run_path}/curve.csv?metric=loss").content.decode().splitlines()
    assert (rows[0], rows[1], len(rows)) == ("step,loss", "0,2.0", 11)
    assert "no finite number" in page.get(f"{world.run_path}/curve.json?metric=%00other").json()["message"]


def test_parameters_come_in_pages_the_most_important_first(page, world, sent_tasks):
    for run in add_runs(world.sweep, 40):
        run.objective = 2.0 * (run.config["optimizer"] == "sgd") + 0.01 * math.log10(run.config["lr"])
        run.save(update_fields=["objective"])
    layout = page.get(f"{world.sweep_path}/slice.json?columns=2&page=99").json()["figure"]["layout"]
    assert [layout[name]["title"]["text"] for name in ("xaxis", "xaxis2")] == ["lr", "optimizer"]
    importance_compute(sweep_id=world.sweep.pk)
    layout = page.get(f"{world.sweep_path}/slice.json?columns=2").json()["figure"]["layout"]
    assert [layout[name]["title"]["text"] for name in ("xaxis", "xaxis2")] == ["optimizer", "lr"]
    contour = page.get(f"{world.sweep_path}/contour.json").json()["figure"]["layout"]
    assert (contour["xaxis"]["ticktext"], contour["yaxis"]["type"]) == (["adam", "sgd"], "log")
    turned = page.get(f"{world.sweep_path}/contour.json?across=lr").json()["figure"]["layout"]
    assert (turned["xaxis"]["title"]["text"], turned["yaxis"]["title"]["text"]) == ("lr", "optimizer")
    assert "different" in page.get(f"{world.sweep_path}/contour.json?across=lr&up=lr").json()["message"]


def test_charts_are_of_any_metric_and_have_no_best_one_without_a_goal(page, world):
    found = page.get(f"{world.sweep_path}/objective.json?metric=epoch").json()
    assert found["caption"] == "epoch of 7 of 8 runs; the sweep has no goal for it, so no best one."
    assert "Best so far" not in {trace["name"] for trace in found["figure"]["data"]}
    assert "epoch of 7 of 8 runs" in page.get(f"{world.sweep_path}/slice.json?target=epoch").json()["caption"]
    front = page.get(f"{world.sweep_path}/pareto.json?across=epoch&up=loss&across_goal=maximize").json()
    assert front["caption"].startswith("loss (minimize) against epoch (maximize) of 7 of 8 runs: 1 run is on the")
    assert (
        "both nothing and loss" in page.get(f"{world.sweep_path}/pareto.json?across=nothing&up=loss").json()["message"]
    )


def test_the_timeline_has_every_attempt_and_says_whose_time_it_is(page, world):
    add_fleet(world)
    found = page.get(f"{world.sweep_path}/timeline.json?zone=Asia/Kolkata").json()
    lanes = found["figure"]["layout"]["meta"]["spans"]["lanes"]
    assert lanes[:2] == ["bad-node:4000", "good-node-of-a-cluster.with-a-long-name.example.org:4002"]
    assert "host1" in lanes
    assert "Times of Asia/Kolkata" in found["caption"]
    assert "of them tried again" in found["caption"]
    assert "Times of UTC" in page.get(f"{world.sweep_path}/timeline.json?zone=../../etc/passwd").json()["caption"]
    rows = list(csv.DictReader(io.StringIO(page.get(f"{world.sweep_path}/timeline.csv").content.decode())))
    again = [row for row in rows if row["run"] == world.runs[1].run_id]
    assert [row["attempt"] for row in again] == ["1", "2"]
    assert (again[0]["state"], again[0]["agent"]) == ("failed", "host1")


def test_a_tooltip_asks_for_what_tells_most_of_a_run(page, world):
    answer = page.get(f"{world.run_path}/hint.json")
    assert answer.json()["state"] == "running"
    assert [name for name, _ in answer.json()["rows"]] == ["loss", "lr", "optimizer"]
    assert page.get(f"{world.run_path}/hint.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    alone = page.get(f"{world.project_path}/runs/{world.alone.run_id}/hint.json").json()
    assert alone["rows"] == [["seed", "7"]]


def test_categories_of_any_kind_are_read_as_what_they_are(page, world):
    axis = ParameterAxis(("kind",), "category")
    values = [True, False, None, "true", 1, [1, 2], 0.5]
    for run, value in zip(world.runs, values, strict=False):
        Run.objects.filter(pk=run.pk).update(config={"kind": value})
    column = run_points(world.sweep, Run.objects.filter(sweep=world.sweep), axes=(axis,), limit=100).axes[0]
    labels = [None if code != code else column.labels[int(code)] for code in column.values.tolist()]
    assert labels == ["true", "false", "null", '"true"', "1", "[1, 2]", "0.5", None]


def test_the_runs_are_the_same_compressed_and_plain_and_new_with_each_change(page, world):
    path = f"{world.sweep_path}/parallel.json"
    plain = page.get(path)
    packed = page.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]
    assert page.get(path, headers={"If-None-Match": packed["ETag"]}).status_code == 304
    (new,) = add_runs(world.sweep, 1)
    assert new.run_id in page.get(path).json()["runs"]["ids"]


KEPT_CHARTS = ("objective", "curves", "slice", "contour", "pareto", "parallel")


def _end_all(sweep):
    run_finish(run=Run.objects.get(sweep=sweep, state=Run.State.RUNNING), exit_code=0)


@pytest.mark.parametrize("name", KEPT_CHARTS)
def test_what_takes_long_is_made_once_for_all_who_look(page, world, name, django_assert_max_num_queries):
    _end_all(world.sweep)
    path = f"{world.sweep_path}/{name}.json"
    first = page.get(path).json()
    with django_assert_max_num_queries(8):  # the session, its viewer, the sweep and its version
        assert page.get(path).json() == first


@pytest.mark.parametrize("name", KEPT_CHARTS)
@pytest.mark.parametrize(
    "change",
    [
        lambda run: run_update(run=run, details=RunDetails(summary={"loss": -3.5, "epoch": 4})),
        lambda run: runs_update(project=run.project, run_ids=[run.run_id], change=RunsChange(hidden=True)),
        lambda run: run_delete(run=run),
        lambda run: history_append(run=run, offset=run.history_rows, rows=[{"loss": -4.0, "epoch": 9}]),
    ],
    ids=["a value", "hidden", "deleted", "history"],
)
def test_a_kept_chart_is_another_after_a_change(page, world, name, change):
    _end_all(world.sweep)
    path = f"{world.sweep_path}/{name}.json"
    before = page.get(path)
    change(world.runs[-1])
    after = page.get(path)
    assert after["ETag"] != before["ETag"]
    options = QueryDict()
    shown = sweep_chart(Sweep.objects.get(pk=world.sweep.pk), name, options)
    made = json.loads(JsonResponse(shown.to_json() if isinstance(shown, Chart) else shown).content)
    assert after.json() == made


def test_a_run_that_is_under_way_stands_where_it_was_last_heard_of(page, world):
    """No change of the sweep tells of a sign of life."""
    Run.objects.filter(pk=world.runs[0].pk).update(objective=0.3)
    path = f"{world.sweep_path}/objective.json"
    before = page.get(path).json()
    Run.objects.filter(pk=world.runs[0].pk).update(heartbeat_at=timezone.now() + timedelta(hours=3))
    assert page.get(path).json() != before


def test_a_selection_is_made_anew_since_its_filters_may_go_by_the_time(page, world, django_assert_max_num_queries):
    sel = quote('[{"filter": "state = finished"}]')
    first = page.get(f"{world.sweep_path}/curves.json?sel={sel}").json()
    Run.objects.filter(pk=world.runs[-1].pk).update(name="another name")
    assert page.get(f"{world.sweep_path}/curves.json?sel={sel}").json() != first
