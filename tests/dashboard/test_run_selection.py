"""What is done to runs that are selected, and what a table's scripts ask for."""

import pytest

from sweeps_app.models import Run
from sweeps_app.services.bulk import RunsChange, runs_update


def _act(page, path, **form):
    return page.post(f"{path}/table/act", form, headers={"Accept": "application/json"})


def test_selected_runs_are_tagged_and_deleted(page, world):
    ids = ",".join(run.run_id for run in world.runs[:3])
    answer = _act(page, world.sweep_path, action="tag", run_ids=ids, tags="good, again")
    assert answer.json() == {"message": "3 runs are tagged."}
    assert Run.objects.filter(tags=["good", "again"]).count() == 3
    assert _act(page, world.sweep_path, action="delete", run_ids=ids).json() == {"message": "3 runs are deleted."}
    assert Run.objects.filter(sweep=world.sweep).count() == 5


def test_all_that_a_filter_finds_are_meant(page, world):
    address = "?query=loss <= 0.5 and state = finished&sort=what"
    assert _act(page, world.sweep_path, action="hide", all=address).json() == {
        "message": "4 runs are left out of charts."
    }
    assert (
        _act(page, world.sweep_path, action="note", all="?query=run-0003", notes="n")
        .json()["message"]
        .startswith("1 run ")
    )
    assert Run.objects.get(name="run-0003").notes == "n"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "tag", "run_ids": "x", "tags": " "}, 400),
        ({"action": "what"}, 404),
        ({"action": "stop", "all": "?query=<"}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(page, world, form, status):
    assert _act(page, world.sweep_path, **form).status_code == status


def test_strangers_find_nothing(stranger, world):
    assert _act(stranger, world.sweep_path, action="delete", run_ids=world.runs[0].run_id).status_code == 404
    for part in ("table/complete", "table/columns"):
        assert stranger.get(f"{world.sweep_path}/{part}").status_code == 404
    assert stranger.get(f"{world.project_path}/compare").status_code == 404


def test_charts_leave_hidden_runs_out_and_say_so(page, world):
    runs_update(project=world.sweep.project, run_ids=[world.runs[3].run_id], change=RunsChange(hidden=True))
    curves = page.get(f"{world.sweep_path}/curves.json?metric=loss").json()
    assert "6 of 7 runs, 1 hidden" in curves["caption"]
    parallel = page.get(f"{world.sweep_path}/parallel.json").json()
    assert (parallel["shown"], parallel["total"]) == (7, 8)
    assert "hidden from charts" in page.get(world.sweep_path).content.decode()


def test_completion_knows_names_and_values(page, world):
    def choices(query):
        answer = page.get(f"{world.sweep_path}/table/complete", {"query": query, "at": len(query)}).json()
        return [choice["text"] for choice in answer["choices"]], answer["problem"] and answer["problem"]["message"]

    assert choices("op") == (["optimizer"], None)
    found, problem = choices("optimizer = ")
    assert sorted(found) == ['"adam"', '"sgd"']
    assert problem.startswith("column 13")
    assert choices("host = ")[0] == ['"host1"']
    assert len(choices("lr = ")[0]) == 8


def test_all_columns_are_told(page, world):
    keys = [column["key"] for column in page.get(f"{world.sweep_path}/table/columns").json()["columns"]]
    assert {"config.lr", "summary.loss", "min.loss", "best.loss", "host"} <= set(keys)
    keys = [column["key"] for column in page.get(f"{world.project_path}/table/columns").json()["columns"]]
    assert "config.seed" in keys


def test_runs_side_by_side(page, world):
    Run.objects.filter(pk=world.runs[2].pk).update(config={"lr": 1.0, "epochs": 30, "flag": True, "only": None})
    Run.objects.filter(pk=world.runs[3].pk).update(config={"lr": 2.0, "epochs": 30.0, "flag": 1})
    ids = f"{world.runs[2].run_id},{world.runs[3].run_id},gone"
    html = page.get(f"{world.project_path}/compare?runs={ids}").content.decode()
    assert "1 of those asked for does not exist" in html
    assert [name in html for name in (">lr<", ">flag<", ">only<", ">epochs<")] == [True, True, True, False]
    html = page.get(f"{world.project_path}/compare?runs={ids}&all=1").content.decode()
    assert ">epochs<" in html
    assert html.count('class="differs"') >= 3
    assert page.get(f"{world.project_path}/compare?runs={','.join(map(str, range(51)))}").status_code == 400
    assert "No run to compare" in page.get(f"{world.project_path}/compare").content.decode()
