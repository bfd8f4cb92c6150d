import csv
import io

import pytest
from django.utils import timezone

from dashboard.views import sweep_data
from sweeps_app.models import Run
from sweeps_app.services.analysis import importance_compute
from tests.dashboard.world import add_runs


def test_figures_are_json_that_a_browser_may_keep_until_something_changes(page, world):
    first = page.get(f"{world.sweep_path}/objective.json")
    assert first["Cache-Control"] == "private, no-cache"
    assert page.get(f"{world.sweep_path}/objective.json", headers={"If-None-Match": first["ETag"]}).status_code == 304
    add_runs(world.sweep, 2)
    again = page.get(f"{world.sweep_path}/objective.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert "of 8 of 10 runs" in again.json()["caption"]


def test_curves_take_any_metric_and_the_newest_runs_only(page, world, monkeypatch):
    monkeypatch.setattr(sweep_data, "MAX_CURVES", 3)
    found = page.get(f"{world.sweep_path}/curves.json?metric=loss").json()
    assert found["caption"] == "loss by step of the newest 3 of 7 runs; the best run stands out."
    assert found["figure"]["layout"]["meta"]["runs"]["ids"] == [run.run_id for run in world.runs[-3:]]
    assert "yet" in page.get(f"{world.sweep_path}/curves.json?metric=nothing").json()["message"]


def test_parallel_coordinates_say_when_not_all_runs_are_shown(page, world, monkeypatch):
    monkeypatch.setattr(sweep_data, "MAX_RUNS", 5)
    found = page.get(f"{world.sweep_path}/parallel.json").json()
    assert (found["shown"], found["total"]) == (5, 8)
    assert [axis["name"] for axis in found["axes"]] == ["config.lr", "config.optimizer", "loss"]


def test_importance_comes_when_a_worker_has_computed_it(page, world, sent_tasks):
    add_runs(world.sweep, 40)
    waiting = page.get(f"{world.sweep_path}/importance.json").json()
    assert (waiting["figure"], waiting["retry_after"]) == (None, 2.0)
    importance_compute(sweep_id=world.sweep.pk)
    found = page.get(f"{world.sweep_path}/importance.json").json()
    assert sorted(found["figure"]["data"][0]["y"]) == ["lr", "optimizer"]
    assert found["retry_after"] is None


@pytest.mark.parametrize("name", ["objective", "parallel", "curves", "importance"])
def test_each_chart_is_a_file_and_a_table_too(page, world, name):
    response = page.get(f"{world.sweep_path}/{name}.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f"tuning-{name}.csv" in response["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert len({len(row) for row in rows}) == 1
    table = page.get(f"{world.sweep_path}/{name}.html").content.decode()
    assert f'<th scope="col">{rows[0][0]}</th>' in table


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
