import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sweeps_app.models import Run
from sweeps_app.services.analysis import importance_compute
from sweeps_app.services.deletion import run_delete
from sweeps_app.services.ingest import history_append
from sweeps_app.services.sweeps import sweep_control
from tests.dashboard.world import CONFIG, add_runs
from tests.factories import make_sweep


def _poll(page, path, etag=None):
    headers = {"If-None-Match": etag} if etag else {}
    return page.get(path, {"fragments": "1"}, headers=headers)


def _paths(world):
    return ["/", "/owner", world.project_path, world.sweep_path, world.run_path]


def test_a_page_says_which_version_it_shows_and_polls_cost_nothing_then(page, world):
    for path in _paths(world):
        html = page.get(path).content.decode()
        first = _poll(page, path)
        assert f'data-etag="{first["ETag"].replace(chr(34), "&quot;")}"' in html
        again = _poll(page, path, first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"] == "private, no-cache"


def test_a_poll_with_nothing_new_is_a_few_cheap_queries(page, world):
    for path in _paths(world):
        etag = _poll(page, path)["ETag"]
        with CaptureQueriesContext(connection) as found:
            assert _poll(page, path, etag).status_code == 304
        assert len(found) <= 6, [query["sql"] for query in found]


def test_fragments_are_the_live_part_alone(page, world):
    html = _poll(page, world.sweep_path).content.decode()
    assert "<html" not in html
    assert '<header class="topbar"' not in html
    assert f'id="run-{world.runs[0].run_id}"' in html


def test_a_logged_row_makes_pages_new(page, world):
    tags = {path: _poll(page, path)["ETag"] for path in _paths(world)}
    history_append(run=world.runs[0], offset=world.runs[0].history_rows, rows=[{"loss": 0.01}])
    for path, tag in tags.items():
        answer = _poll(page, path, tag)
        assert answer.status_code == 200, path
        assert answer["ETag"] != tag
    assert "0.01" in _poll(page, world.sweep_path).content.decode()


def test_a_control_makes_the_sweep_new(page, world):
    tag = _poll(page, world.sweep_path)["ETag"]
    sweep_control(sweep=world.sweep, action="pause")
    answer = _poll(page, world.sweep_path, tag)
    assert answer.status_code == 200
    assert "Resume" in answer.content.decode()


def test_what_happens_in_another_sweep_leaves_this_one_as_it_is(page, world):
    other = make_sweep(world.owner, CONFIG)
    tag = _poll(page, world.sweep_path)["ETag"]
    add_runs(other, 3)
    assert _poll(page, world.sweep_path, tag).status_code == 304


def test_only_the_importance_is_new_when_it_has_been_computed(page, world):
    add_runs(world.sweep, 20)
    parallel = page.get(f"{world.sweep_path}/parallel.json")["ETag"]
    assert "ETag" not in page.get(f"{world.sweep_path}/importance.json")  # what is computed is asked for again
    tag = _poll(page, world.sweep_path)["ETag"]
    importance_compute(sweep_id=world.sweep.pk)
    assert _poll(page, world.sweep_path, tag).status_code == 200
    assert _figure(page, world, "parallel", parallel).status_code == 304
    computed = page.get(f"{world.sweep_path}/importance.json")
    assert computed.json()["retry_after"] is None
    assert _figure(page, world, "importance", computed["ETag"]).status_code == 304


def _figure(page, world, name, etag):
    return page.get(f"{world.sweep_path}/{name}.json", headers={"If-None-Match": etag})


@pytest.mark.parametrize(("path", "active"), [("/", "true"), ("{sweep}", "true"), ("{finished}", "false")])
def test_pages_say_whether_something_may_change_any_moment(page, world, path, active):
    finished = make_sweep(world.owner, CONFIG)
    sweep_control(sweep=finished, action="stop")
    path = path.format(sweep=world.sweep_path, finished=f"{world.project_path}/sweeps/{finished.sweep_id}")
    assert f'data-active="{active}"' in page.get(path).content.decode()


def _names(answer):
    return re.findall(r'data-run="([^"]+)"', answer.content.decode())


def test_the_table_is_answered_alone_with_what_depends_on_its_view(page, world):
    best = min(world.runs, key=lambda run: run.objective if run.objective is not None else 9e9)
    for path in (world.sweep_path, world.project_path):
        alone = page.get(path, {"fragments": "runs", "sort": "name"})
        html = alone.content.decode()
        assert _names(alone) == _names(page.get(path, {"fragments": "1", "sort": "name"}))
        assert "data-figure" not in html
        assert 'data-part="runs"' in html
    alone = page.get(world.sweep_path, {"fragments": "runs", "query": "lr < 1"}).content.decode()
    assert 'id="selection-bar"' in alone
    assert "Best run" in alone[alone.index(f'id="run-{best.run_id}"') :].split("</tr>")[0]


def test_a_filtered_page_follows_every_change_of_the_runs(page, world):
    asked = {"fragments": "runs", "query": "state = finished", "sort": "-summary.loss"}
    finished = _names(page.get(world.sweep_path, asked))
    assert _names(page.get(world.sweep_path, asked)) == finished
    added = {run.run_id for run in add_runs(world.sweep, 4) if run.state == "finished"}
    assert added
    assert set(_names(page.get(world.sweep_path, asked))) == {*finished, *added}
    run_delete(run=Run.objects.get(run_id=finished[0]))
    assert set(_names(page.get(world.sweep_path, asked))) == {*finished[1:], *added}
