import pytest

from sweeps_app.models import Run
from tests.api.client import problems
from tests.factories import ask, make_agent, make_run, make_sweep, start


def _history(api, run):
    return api.post(f"/runs/ada/demo/{run.run_id}/history", {"offset": 0, "rows": [{"loss": 1.0}]})


def test_a_deleted_run_is_a_404_to_its_client_and_to_a_repeat(api, user):
    run = make_run(user)
    path = f"/runs/ada/demo/{run.run_id}"
    answer = api.send("DELETE", path)
    assert (answer.status_code, answer.content) == (204, b"")
    for refused in (api.send("DELETE", path), api.get(path), _history(api, run), api.post(f"{path}/heartbeat")):
        assert (refused.status_code, problems(refused)) == (404, [(None, "not_found")])
    news = api.get("/projects/ada/demo/changes").json()
    assert (news["deleted_runs"], news["runs"], news["reset"]) == ([run.run_id], [], False)


def test_a_deleted_sweep_is_a_404_to_its_agents(api, user):
    sweep = make_sweep(user)
    agent = make_agent(user, sweep)
    run = start(user, ask(agent))
    assert api.send("DELETE", f"/sweeps/{sweep.sweep_id}").status_code == 204
    for refused in (
        api.send("DELETE", f"/sweeps/{sweep.sweep_id}"),
        api.post(f"/agents/{agent.agent_id}/next", {"request_id": "q"}),
        api.post(f"/agents/{agent.agent_id}/heartbeat"),
        _history(api, run),
    ):
        assert (refused.status_code, problems(refused)) == (404, [(None, "not_found")])
    assert api.get("/projects/ada/demo/changes").json()["deleted_sweeps"] == [sweep.sweep_id]


def test_a_deleted_project_is_gone_and_can_be_made_anew(api, user):
    run = make_run(user)
    assert api.send("DELETE", "/projects/ada/demo").status_code == 204
    assert api.send("DELETE", "/projects/ada/demo").status_code == 404
    assert _history(api, run).status_code == 404
    assert api.get("/projects").json()["count"] == 0
    assert api.post("/projects", {"name": "demo"}).status_code == 201
    assert api.get("/projects/ada/demo/runs").json()["count"] == 0


def test_many_runs_are_deleted_by_one_request_that_can_be_repeated(api, user):
    runs = [make_run(user) for _ in range(3)]
    body = {"run_ids": [run.run_id for run in runs[:2]]}
    assert api.post("/projects/ada/demo/runs/delete", body).json() == {"deleted": 2}
    assert api.post("/projects/ada/demo/runs/delete", body).json() == {"deleted": 0}
    assert [row["run_id"] for row in api.get("/projects/ada/demo/runs").json()["results"]] == [runs[2].run_id]


@pytest.mark.parametrize(
    "given", [[], "r", [7], [""], None, ["x"] * 10_001], ids=["empty", "text", "number", "blank", "null", "many"]
)
def test_ids_that_are_none_are_refused_and_nothing_is_deleted(api, user, given):
    make_run(user)
    answer = api.post("/projects/ada/demo/runs/delete", {"run_ids": given})
    assert answer.status_code == 400
    assert {attr.split("[")[0] for attr, _ in problems(answer)} == {"run_ids"}
    assert Run.objects.count() == 1


def test_what_is_deleted_while_a_request_is_under_way_is_a_404(api, user, monkeypatch):
    run = make_run(user)

    def found(*_):
        api.send("DELETE", f"/runs/ada/demo/{run.run_id}")
        return run

    monkeypatch.setattr("sweeps_app.api.attempt.run_ref", found)
    answer = api.patch(f"/runs/ada/demo/{run.run_id}", {"notes": "late"})
    assert (answer.status_code, problems(answer)) == (404, [(None, "not_found")])
