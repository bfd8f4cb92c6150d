"""The page of a sweep with a selection in its address."""

import base64
import csv
import io
import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from dashboard.selection.narrowing import config_of_selection
from sweeps_app.models import Run
from sweeps_app.query.selection import read_selection
from sweeps_app.search.schema import check_config
from tests.dashboard.world import add_runs

ADAM = {"category": "config.optimizer", "in": ["adam"]}
BEST = {"number": "objective", "in": [[None, 0.5]]}


def _path(world, *clauses, part="", more=""):
    return f"{world.sweep_path}{part}?sel={quote(json.dumps(clauses))}{more}"


def _expected(world):
    return [run for run in world.runs if run.config["optimizer"] == "adam" and (run.objective or 1) <= 0.5]


def test_the_table_shows_exactly_what_is_selected(page, world):
    expected = _expected(world)
    html = page.get(_path(world, ADAM, BEST)).content.decode()
    assert {run.run_id for run in world.runs if f'data-run="{run.run_id}"' in html} == {r.run_id for r in expected}
    assert f"{len(expected)} of 8 runs selected" in html
    assert "loss at most 0.5" in html
    assert "optimizer adam" in html


def test_what_a_filter_finds_can_be_selected(page, world):
    found = {run.run_id for run in world.runs if run.config["optimizer"] == "adam"}
    clause = {"filter": "optimizer = adam"}
    html = page.get(_path(world, clause)).content.decode()
    assert {run.run_id for run in world.runs if f'data-run="{run.run_id}"' in html} == found
    assert f"{len(found)} of 8 runs selected" in html
    assert 'aria-label="Remove: optimizer = adam"' in html
    sent = page.get(f"{world.sweep_path}/columns.json?keys=order&filter=optimizer%20%3D%20adam").json()["columns"][1]
    begin = page.get(f"{world.sweep_path}/parallel.json").json()["runs"]["ids"]
    codes = base64.b64decode(sent["values"])
    assert {run_id for run_id, code in zip(begin, codes, strict=True) if code == 0} == found
    assert page.get(f"{world.sweep_path}/columns.json?filter=lr%20%3C").status_code == 400
    assert page.get(f"{world.sweep_path}/columns.json?{'&'.join(['filter=lr>0'] * 11)}").status_code == 400
    all_of_it = {"action": "tag", "tags": "picked", "all": _path(world, clause).partition("?")[2]}
    assert page.post(f"{world.sweep_path}/table/act", all_of_it).json()["message"] == f"{len(found)} runs are tagged."


def test_the_table_tells_its_whole_filter(page, world):
    html = page.get(f"{world.sweep_path}?query=lr<1 or lr>2&state=finished&text=run-00").content.decode()
    assert 'data-filter="state = finished and (&quot;run-00&quot; and (lr&lt;1 or lr&gt;2))"' in html
    assert 'data-filter=""' in page.get(world.sweep_path).content.decode()


def test_a_filter_of_the_table_does_not_change_what_is_selected(page, world):
    html = page.get(_path(world, ADAM, more="&query=loss<0.3")).content.decode()
    adam = sum(run.config["optimizer"] == "adam" for run in world.runs)
    assert f"{adam} of 8 runs selected" in html
    assert '<input type="hidden" name="sel"' in html


def test_each_chip_leads_to_the_address_without_its_clause(page, world):
    html = page.get(_path(world, ADAM, BEST, more="&sort=name")).content.decode()
    start = html.index('aria-label="Remove: optimizer adam"')
    link = html[html.rindex('href="', 0, start) + 6 : start].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(link).query)
    assert json.loads(asked["sel"][0]) == [BEST]
    assert asked["sort"] == ["name"]


def test_files_of_the_table_have_the_selected_runs_alone(page, world):
    html = page.get(_path(world, ADAM)).content.decode()
    link = html[html.index("/api/v1/sweeps/") : html.index('" download>CSV')].replace("&amp;", "&")
    body = b"".join(page.get(link).streaming_content).decode()
    assert len(body.splitlines()) == 1 + sum(run.config["optimizer"] == "adam" for run in world.runs)
    refused = page.get(f"/api/v1/sweeps/{world.sweep.sweep_id}/runs?sel=nonsense")
    assert refused.status_code == 400
    assert '"sel"' in refused.content.decode()


def test_figures_of_the_server_follow(page, world):
    found = page.get(_path(world, BEST, part="/objective.json")).json()
    assert "loss of 4 of 8 runs" in found["caption"]
    curves = page.get(_path(world, BEST, part="/curves.json", more="&metric=loss")).json()
    assert len(curves["figure"]["layout"]["meta"]["runs"]["ids"]) == 4


def test_what_is_no_selection_is_answered_with_its_place(page, world):
    response = page.get(f"{world.sweep_path}?sel=[1]")
    assert response.status_code == 400
    assert "sel: [0] is no clause" in response.content.decode()
    assert (
        page.get(f"{world.sweep_path}/objective.json?sel=x", headers={"Accept": "application/json"}).status_code == 400
    )


def test_a_new_sweep_begins_with_what_is_selected(page, world):
    html = page.get(_path(world, ADAM)).content.decode()
    link = html[html.rindex('href="/owner/demo/sweeps/new?') + 6 :].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(link).query)
    assert asked["from"] == [world.sweep.sweep_id]
    config = config_of_selection(world.sweep, read_selection(asked["sel"][0]))
    assert check_config(config).problems == ()
    assert config["parameters"]["optimizer"]["values"] == ["adam"]
    assert config["parameters"]["lr"] == world.sweep.config["parameters"]["lr"]


def test_a_metric_narrows_each_parameter_to_the_runs_selected_by_it(world):
    selection = read_selection(json.dumps([BEST, {"number": "config.lr", "in": [[1e-4, None]]}]))
    config = config_of_selection(world.sweep, selection)
    chosen = [run.config for run in world.runs if (run.objective or 1) <= 0.5 and run.config["lr"] >= 1e-4]
    assert config["parameters"]["lr"] == world.sweep.config["parameters"]["lr"] | {"min": 1e-4}
    assert set(config["parameters"]["optimizer"]["values"]) == {values["optimizer"] for values in chosen}
    every = config_of_selection(world.sweep, read_selection(json.dumps([{"runs": [world.runs[3].run_id]}])))
    assert every["parameters"]["lr"] == {"distribution": "constant", "value": world.runs[3].config["lr"]}


def test_columns_come_packed_and_named(page, world):
    begin = page.get(f"{world.sweep_path}/parallel.json").json()
    names = [axis["name"] for axis in begin["axes"]]
    assert names == ["config.lr", "config.optimizer", "objective", "summary.epoch"]
    assert [axis["type"] for axis in begin["axes"]] == ["f8", "u1", "f4", "f4"]
    assert begin["color"] == {"name": "objective", "goal": "minimize"}
    more = page.get(f"{world.sweep_path}/columns.json?keys=order,min.loss,state").json()
    assert more["key"] == begin["runs"]["key"]
    assert [column["kind"] for column in more["columns"]] == ["number", "number", "category"]
    add_runs(world.sweep, 1)
    assert page.get(f"{world.sweep_path}/columns.json?keys=order").json()["key"] != more["key"]
    assert page.get(f"{world.sweep_path}/columns.json?keys=tags").status_code == 400


@pytest.mark.parametrize("chart", ["scatter", "distribution"])
def test_tables_of_columns_tell_what_is_selected(page, world, chart):
    Run.objects.filter(pk=world.runs[7].pk).update(is_hidden=True)
    response = page.get(_path(world, ADAM, part=f"/{chart}.csv", more="&column=config.optimizer&by=state"))
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    adam = {run.run_id for run in world.runs[:7] if run.config["optimizer"] == "adam"}
    if chart == "scatter":
        assert {row["run"] for row in rows if row["selected"] == "True"} == adam - {world.runs[1].run_id}
    else:
        found = {row["optimizer"]: row for row in rows}
        assert (found["adam"]["runs"], found["sgd"]["selected"]) == (found["adam"]["selected"], "0")
        assert sum(int(row["State failed"]) for row in rows) == 1


def test_bars_can_be_split_by_categories_only(page, world):
    assert page.get(f"{world.sweep_path}/distribution.json?column=config.lr&scale=log").json()["log"] is True
    assert "has no categories" in page.get(f"{world.sweep_path}/distribution.json?by=config.lr").content.decode()
