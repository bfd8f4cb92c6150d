import pytest

from sweeps_app.models import Run, Sweep
from sweeps_app.services.analysis import importance_compute
from tests.api.client import problems
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_sweep, start

GRID = {"method": "grid", "parameters": {"a": {"values": [1, 2, 3]}, "b": {"values": ["x", "y"]}}}
FIELDS = {
    *("sweep_id", "name", "description", "entity", "project", "state", "method", "config", "seed", "metric_name"),
    *("metric_goal", "run_cap", "run_counts", "best_run", "expected_runs", "created_by", "created_at", "started_at"),
    *("finished_at", "url"),
}


def test_a_sweep_is_made_and_read(api):
    answer = api.post("/sweeps", {"config": RANDOM_CONFIG | {"run_cap": 7}, "project": "digits", "name": "first"})
    assert answer.status_code == 201
    made = answer.json()
    assert set(made) == FIELDS | {"warnings"}
    assert made.pop("warnings") == []
    assert (made["state"], made["method"], made["name"], made["project"]) == ("PENDING", "random", "first", "digits")
    assert (made["metric_name"], made["metric_goal"], made["expected_runs"]) == ("loss", "minimize", 7)
    assert (made["run_counts"], made["best_run"]) == ({}, None)
    assert made["url"] == f"http://127.0.0.1:8000/ada/digits/sweeps/{made['sweep_id']}"
    assert api.get(f"/sweeps/{made['sweep_id']}").json() == made


def test_the_same_request_id_makes_one_sweep(api):
    body = {"config": RANDOM_CONFIG, "request_id": "r1"}
    first, again = api.post("/sweeps", body), api.post("/sweeps", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert problems(api.post("/sweeps", body | {"request_id": ""})) == [("request_id", "blank")]
    assert api.post("/sweeps", body | {"request_id": "r2"}).status_code == 201
    assert Sweep.objects.count() == 2


def test_all_problems_of_a_configuration_are_told_at_once(api):
    config = {"method": "randon", "parameters": {"lr": {"min": 1, "max": 0}, "deep": {"parameters": {"x": 3}}}}
    answer = api.post("/sweeps", {"config": config})
    assert answer.status_code == 400
    attrs = [attr for attr, _ in problems(answer)]
    assert "config.method" in attrs
    assert any(attr.startswith("config.parameters.lr") for attr in attrs)
    assert any(attr.startswith("config.parameters.deep") for attr in attrs)
    assert not Sweep.objects.exists()


@pytest.mark.parametrize("config", [None, [], "text", 3, True])
def test_a_configuration_is_an_object(api, config):
    answer = api.post("/sweeps", {"config": config})
    assert (answer.status_code, [attr for attr, _ in problems(answer)]) == (400, ["config"])
    assert api.post("/sweeps/validate", {"config": config}).status_code == 400


def test_a_configuration_is_checked_without_making_a_sweep(api):
    good = api.post("/sweeps/validate", {"config": GRID}).json()
    assert (good["valid"], good["problems"], good["grid_size"]) == (True, [], 6)
    assert good["config"]["parameters"]["a"]["distribution"] == "categorical"
    bad = api.post("/sweeps/validate", {"config": {"method": "grid"}}).json()
    assert (bad["valid"], bad["config"], bad["grid_size"]) == (False, None, None)
    assert {"path", "message", "code"} == set(bad["problems"][0])
    warned = api.post(
        "/sweeps/validate", {"config": {"method": "random", "parameters": {"lr": {"min": "1e-5", "max": 1.0}}}}
    ).json()
    assert warned["valid"] is True
    assert warned["warnings"]
    assert not Sweep.objects.exists()


def test_ten_thousand_parameters_are_no_problem(api):
    config = RANDOM_CONFIG | {"parameters": {f"p{n}": {"value": n} for n in range(10_000)}}
    answer = api.post("/sweeps", {"config": config})
    assert answer.status_code == 201
    assert len(answer.json()["config"]["parameters"]) == 10_000


def test_sweeps_are_listed_newest_first_everywhere(api, user):
    sweeps = [make_sweep(user, project=name).sweep_id for name in ("one", "two", "two")]
    assert [s["sweep_id"] for s in api.get("/sweeps").json()["results"]] == sweeps[::-1]
    page = api.get("/projects/ada/two/sweeps", page_size=1).json()
    assert ([s["sweep_id"] for s in page["results"]], page["count"], page["pages"]) == ([sweeps[2]], 2, 2)


def test_a_list_of_sweeps_needs_as_many_queries_for_ten_as_for_two(api, user, django_assert_max_num_queries):
    best = {}
    for number in range(10):
        goal = ("minimize", "maximize")[number % 2]
        sweep = make_sweep(user, RANDOM_CONFIG | {"metric": {"name": "loss", "goal": goal}})
        agent = make_agent(user, sweep)
        for loss in (number, number + 1, number + 2):
            run = start(user, ask(agent))
            api.post(f"/runs/ada/demo/{run.run_id}/history", {"offset": 0, "rows": [{"loss": loss}]})
        best[sweep.sweep_id] = number if goal == "minimize" else number + 2
    with django_assert_max_num_queries(6):
        sweeps = api.get("/sweeps").json()["results"]
    assert {sweep["sweep_id"]: sweep["best_run"]["objective"] for sweep in sweeps} == best


def test_a_sweep_shows_its_counts_and_its_best_run(api, user):
    sweep = make_sweep(user)
    agent = make_agent(user, sweep)
    runs = [start(user, ask(agent)) for _ in range(3)]
    for run, loss in zip(runs, (3.0, 1.0, 2.0), strict=True):
        api.post(f"/runs/ada/demo/{run.run_id}/history", {"offset": 0, "rows": [{"loss": loss}]})
    api.post(f"/runs/ada/demo/{runs[0].run_id}/finish", {"exit_code": 0})
    shown = api.get(f"/sweeps/{sweep.sweep_id}").json()
    assert shown["run_counts"] == {"finished": 1, "running": 2}
    assert shown["best_run"] == {"run_id": runs[1].run_id, "name": runs[1].name, "objective": 1.0}
    listed = api.get(f"/sweeps/{sweep.sweep_id}/runs", sort="objective").json()["results"]
    assert [run["objective"] for run in listed] == [1.0, 2.0, 3.0]
    assert listed[0]["suggestion"]["number"] == 1


def test_the_controls_steer_a_sweep_and_may_be_repeated(api, user):
    path = f"/sweeps/{make_sweep(user).sweep_id}"
    for action, state in [("pause", "PAUSED"), ("resume", "RUNNING"), ("stop", "STOPPED"), ("cancel", "CANCELED")]:
        for _ in range(2):
            answer = api.post(f"{path}/{action}", {})
            assert (answer.status_code, answer.json()["state"]) == (200, state)
    refused = api.post(f"{path}/resume", {})
    assert (refused.status_code, problems(refused)) == (409, [(None, "conflict")])
    assert api.post(f"{path}/pause", {"now": True}).status_code == 400


def test_canceling_asks_the_runs_to_stop(api, user):
    sweep = make_sweep(user)
    run = start(user, ask(make_agent(user, sweep)))
    api.post(f"/sweeps/{sweep.sweep_id}/cancel", {})
    assert api.get(f"/runs/ada/demo/{run.run_id}").json()["stop_requested"] is True


def test_an_agent_works_through_a_grid_by_http_alone(api):
    sweep_id = api.post("/sweeps", {"config": GRID}).json()["sweep_id"]
    registered = api.post(f"/sweeps/{sweep_id}/agents", {"agent_id": "agent0001", "host": "h", "pid": 3})
    assert registered.status_code == 201
    assert api.post(f"/sweeps/{sweep_id}/agents", {"agent_id": "agent0001"}).status_code == 200
    assert api.get("/agents/agent0001").json() == registered.json() | {
        "heartbeat_at": api.get("/agents/agent0001").json()["heartbeat_at"]
    }
    points = []
    for number in range(10):
        claim = api.post("/agents/agent0001/next", {"request_id": f"q{number}"}).json()
        if claim["command"] != "run":
            break
        run = claim["run"]
        points.append((run["config"]["a"], run["config"]["b"]))
        assert (run["state"], run["sweep"], run["agent"]) == ("pending", sweep_id, "agent0001")
        started = api.post("/runs", {k: run[k] for k in ("run_id", "entity", "project")})
        assert (started.status_code, started.json()["state"]) == (200, "running")
        api.post(f"/runs/{run['entity']}/{run['project']}/{run['run_id']}/finish", {"exit_code": 0})
    assert sorted(points) == [(a, b) for a in (1, 2, 3) for b in ("x", "y")]
    assert (claim["command"], claim["run"]) == ("exit", None)
    assert claim["reason"]
    assert api.get(f"/sweeps/{sweep_id}").json()["state"] == "FINISHED"


def test_an_agent_is_called_by_its_name_or_by_its_place(api, user):
    path = f"/sweeps/{make_sweep(user).sweep_id}/agents"

    def name(number, **told):
        return api.post(path, {"agent_id": f"agent000{number}"} | told).json()["name"]

    assert name(1) == "agent0001"
    assert name(2, name="mine") == "mine"
    assert name(3, name="mine", host="node-7") == "mine"
    assert name(4, host="node-7", pid=12) == "node-7:12"
    assert name(5, host="node-7") == "node-7"
    assert name(6, host="h" * 200, pid=12) == "h" * 197 + ":12"


def test_a_last_sign_of_life_does_not_bring_back_an_agent_that_has_left(api, user):
    path = f"/agents/{make_agent(user, make_sweep(user)).agent_id}"
    left = api.post(f"{path}/exit", {"reason": "done"}).json()
    assert api.post(f"{path}/heartbeat", {}).status_code == 200
    assert api.get(path).json() == left
    api.post(f"{path}/next", {"request_id": "q"})
    assert (api.get(path).json()["state"], api.get(path).json()["exit_reason"]) == ("active", "")


def test_asking_twice_with_one_request_id_gives_one_run(api, user):
    agent = make_agent(user, make_sweep(user))
    first, again = (api.post(f"/agents/{agent.agent_id}/next", {"request_id": "q"}).json() for _ in range(2))
    assert first == again
    assert Run.objects.count() == 1
    assert api.post(f"/agents/{agent.agent_id}/next", {}).status_code == 400
    assert api.post(f"/agents/{agent.agent_id}/next", {"request_id": ""}).status_code == 400


def test_an_agent_learns_of_a_pause_and_of_the_end(api, user):
    sweep = make_sweep(user)
    path = f"/agents/{make_agent(user, sweep).agent_id}"
    api.post(f"/sweeps/{sweep.sweep_id}/pause", {})
    wait = api.post(f"{path}/next", {"request_id": "q"}).json()
    assert (wait["command"], wait["run"], wait["retry_after"] > 0) == ("wait", None, True)
    assert api.post(f"{path}/heartbeat", {}).json() == {"command": "go", "reason": ""}
    api.post(f"/sweeps/{sweep.sweep_id}/cancel", {})
    assert api.post(f"{path}/heartbeat", {}).json()["command"] == "exit"
    assert api.post(f"{path}/next", {"request_id": "q"}).json()["command"] == "exit"
    left = api.post(f"{path}/exit", {"reason": "canceled"}).json()
    assert (left["state"], left["exit_reason"]) == ("exited", "canceled")
    assert api.post(f"{path}/exit", {"reason": "again"}).json() == left


@pytest.mark.parametrize(
    "body",
    [{}, {"agent_id": "Short"}, {"agent_id": 12345678}, {"agent_id": "agent0001", "pid": -1}, {"agent_id": "a" * 33}],
)
def test_an_agent_that_makes_no_sense_is_refused(api, user, body):
    answer = api.post(f"/sweeps/{make_sweep(user).sweep_id}/agents", body)
    assert answer.status_code == 400
    assert problems(answer)[0][0] in ("agent_id", "pid")


def test_an_agent_id_of_another_sweep_is_taken(api, user):
    agent = make_agent(user, make_sweep(user))
    other = make_sweep(user)
    answer = api.post(f"/sweeps/{other.sweep_id}/agents", {"agent_id": agent.agent_id})
    assert (answer.status_code, problems(answer)) == (409, [(None, "conflict")])


def test_a_job_is_launched_once_listed_and_stopped(api, user, sent_tasks, django_capture_on_commit_callbacks):
    path = f"/sweeps/{make_sweep(user).sweep_id}/jobs"
    body = {"program": "digits", "count": 3, "job_id": "job00001"}
    with django_capture_on_commit_callbacks(execute=True):
        first, again = api.post(path, body), api.post(path, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == api.get("/jobs/job00001").json()
    assert len(sent_tasks) == 1
    assert (first.json()["state"], first.json()["count"]) == ("queued", 3)
    assert api.post(path, {"program": "digits"}).status_code == 201
    assert api.get(path).json()["count"] == 2
    assert api.post("/jobs/job00001/stop", {}).json()["state"] == "stopped"
    assert api.post("/jobs/job00001/stop", {}).json()["state"] == "stopped"


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"program": "rm -rf /"}, "program"),
        ({"program": ["digits"]}, "program"),
        ({}, "program"),
        ({"program": "digits", "count": 0}, "count"),
        ({"program": "digits", "job_id": "UPPER123"}, "job_id"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(api, user, body, attr):
    answer = api.post(f"/sweeps/{make_sweep(user).sweep_id}/jobs", body)
    assert (answer.status_code, problems(answer)[0][0]) == (400, attr)


def test_a_job_id_of_another_sweep_is_taken(api, user):
    body = {"program": "digits", "job_id": "job00001"}
    assert api.post(f"/sweeps/{make_sweep(user).sweep_id}/jobs", body).status_code == 201
    assert api.post(f"/sweeps/{make_sweep(user).sweep_id}/jobs", body).status_code == 409


def test_importance_is_computed_by_a_worker_and_read_here(api, user, sent_tasks, django_capture_on_commit_callbacks):
    sweep = make_sweep(user, RANDOM_CONFIG | {"seed": 7})
    agent = make_agent(user, sweep)
    path = f"/sweeps/{sweep.sweep_id}/importance"
    few = api.get(path).json()
    assert (few["fresh"], few["parameters"]) == (True, [])
    assert "needs 10" in few["warning"]
    for _ in range(30):
        run = start(user, ask(agent))
        loss = run.config["lr"] * 100 * run.config["layers"]
        end = {"exit_code": 0, "summary": {"loss": loss}}
        api.post(f"/runs/ada/demo/{run.run_id}/finish", end)
    sent_tasks.clear()
    with django_capture_on_commit_callbacks(execute=True):
        early = api.get(path).json()
    assert (early["fresh"], early["computed_at"], early["parameters"]) == (False, None, [])
    assert sent_tasks == [("sweeps_app.tasks.compute_importance", {"sweep_id": sweep.pk, "target": "loss"})]
    importance_compute(sweep_id=sweep.pk)
    ranked = api.get(path).json()
    assert (ranked["fresh"], ranked["runs"]) == (True, 30)
    assert ranked["parameters"][0]["parameter"] == "lr"
    assert sum(row["importance"] for row in ranked["parameters"]) == pytest.approx(1)
    assert (ranked["metric"], ranked["metrics"]) == ("loss", ["loss"])
    assert ranked["r2_low"] < ranked["r2"] < ranked["r2_high"]
    assert [curve["parameter"] for curve in ranked["dependence"]] == [row["parameter"] for row in ranked["parameters"]]
    pair = ranked["interactions"][0]
    assert (pair["first"], pair["second"], pair["first_ticks"]) == ("layers", "lr", [1, 2, 3])
    assert len(pair["means"]) == 3
    refused = api.get(f"{path}?metric=los")
    assert (refused.status_code, problems(refused)[0][0]) == (400, "metric")
    assert "did you mean 'loss'" in refused.json()["errors"][0]["detail"]
