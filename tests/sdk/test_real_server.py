"""The SDK and the real server together."""

import math
import os
import signal
import threading
import time

import numpy as np
import pytest

import sweepdeck
from sweepdeck import _api

RANDOM = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.001, "max": 0.1}, "layers": {"values": [1, 2, 3]}},
}


@pytest.fixture
def project(request):
    """A project of the test's own."""
    return request.node.name.partition("[")[0][:60]


def _stored(real, run):
    return real.get(f"/runs/{run.entity}/{run.project}/{run.id}")


def test_values_of_all_kinds_come_back_as_they_were_logged(real, project):
    with sweepdeck.init(project=project, config={"lr": np.float64(0.1), "folder": os.path, "nan": math.nan}) as run:
        run.log({"nan": math.nan, "inf": math.inf, "np": np.float32(0.5), "n": np.int64(2**60)})
        run.log({"nested": {"a": {"b": 1}}, "text": "good", "yes": True, "none": None, "array": np.arange(3)})
    first, second = real.rows(_stored(real, run))
    assert first == {"_step": 0, "nan": "NaN", "inf": "Infinity", "np": 0.5, "n": 2**60}
    assert second == {
        "_step": 1,
        "nested.a.b": 1,
        "text": "good",
        "yes": True,
        "none": None,
        "array": [0, 1, 2],
    }
    stored = _stored(real, run)
    assert stored["state"] == "finished"
    assert stored["config"]["lr"] == 0.1
    assert stored["config"]["nan"] == "NaN"
    assert stored["config"]["folder"].startswith("<module")
    assert stored["summary"]["nested.a.b"] == 1


def test_steps_commits_and_the_scripts_own_summary(real, project):
    with sweepdeck.init(project=project, name="named", tags=["a", "b"], notes="n", group="g", job_type="t") as run:
        run.log({"a": 1}, commit=False)
        run.log({"b": 2})
        run.log({"loss": 3}, step=10)
        run.log({"best": 4}, step=10)
        run.summary["best"] = 40
        run.summary.update({"deep": {"x": 1}, "nan": math.nan})
        run.log({"best": 5})
        run.config.added = 1
    rows = [{"_step": 0, "a": 1, "b": 2}, {"_step": 10, "loss": 3, "best": 5}]
    stored = _stored(real, run)
    assert real.rows(stored) == rows
    expected = {"a": 1, "b": 2, "loss": 3, "best": 40, "deep.x": 1, "nan": "NaN"}
    assert stored["summary"] == expected
    assert stored["config"] == {"added": 1}
    facts = ("named", ["a", "b"], "n", "g", "t")
    assert (stored["name"], stored["tags"], stored["notes"], stored["group"], stored["job_type"]) == facts


def test_a_run_without_project_is_uncategorized(real):
    with sweepdeck.init() as run:
        assert run.project == "uncategorized"
    assert _stored(real, run)["url"] == run.url


def test_a_hundred_thousand_calls_arrive_whole_and_in_order(real, project):
    with sweepdeck.init(project=project) as run:
        for i in range(100_000):
            run.log({"i": i, "half": i / 2})
    rows = real.rows(_stored(real, run))
    assert [(row["_step"], row["i"]) for row in rows] == [(i, i) for i in range(100_000)]


def test_a_row_that_the_server_refuses_is_lost_alone(real, project, capsys):
    with sweepdeck.init(project=project) as run:
        run.log({"a": 1})
        run.log({"a.b": 1, "a": {"b": 2}})
        run.log({"a": 3})
    assert [row["a"] for row in real.rows(_stored(real, run))] == [1, 3]
    assert "given twice" in capsys.readouterr().err


def test_a_killed_server_loses_and_doubles_nothing(real, project):
    run = sweepdeck.init(project=project)
    for i in range(3000):
        run.log({"i": i})
        if i in (500, 1500):
            real.kill()
            threading.Timer(0.3, real.launch).start()
        time.sleep(0.0005)
    run.finish()
    stored = real.wait_for(lambda: _stored(real, run))
    assert stored["state"] == "finished"
    assert [row["i"] for row in real.rows(stored)] == list(range(3000))


def test_a_refused_sweep_lists_all_its_problems(real):
    wrong = {"method": "gird", "parameters": {"lr": {"min": 2, "max": 1}, "n": {"values": []}}, "metrc": {}}
    with pytest.raises(sweepdeck.UsageError) as caught:
        sweepdeck.sweep(wrong)
    lines = str(caught.value).splitlines()
    assert lines[0] == "the sweep was refused:"
    for name in ("method", "parameters.lr", "parameters.n", "metrc"):
        assert any(line.startswith(f"  - {name}") for line in lines), lines


def test_a_sweep_warns_and_is_made_once_for_one_request(real, project, capsys):
    config = RANDOM | {"parameters": {"lr": {"distribution": "log_uniform", "min": -3.0, "max": -1.0}}}
    sweep_id = sweepdeck.sweep(config, project=project)
    assert len(sweep_id) == 8
    assert "WARNING parameters.lr" in capsys.readouterr().err
    body = {"config": config, "project": project, "request_id": "r" * 32}
    assert real.post("/sweeps", body)["sweep_id"] == real.post("/sweeps", body)["sweep_id"]


def test_a_failing_function_is_told_with_its_traceback_and_the_agent_goes_on(real, project):
    sweep_id = sweepdeck.sweep(RANDOM, project=project)
    calls = []

    def main():
        sweepdeck.init()
        calls.append(1)
        if len(calls) == 2:
            raise ValueError("diverged")
        sweepdeck.log({"loss": sweepdeck.config.lr})

    sweepdeck.agent(sweep_id, function=main, count=4)
    runs = real.runs(project)
    assert [run["state"] for run in runs] == ["finished", "failed", "finished", "finished"]
    assert "ValueError: diverged" in runs[1]["error"]
    assert runs[1]["exit_code"] == 1
    assert all(run["host"] and run["objective"] == run["config"]["lr"] for run in runs if run["state"] == "finished")


def test_agents_at_once_run_every_grid_point_once(real, project):
    grid = {"method": "grid", "parameters": {"a": {"values": [1, 2, 3, 4]}, "b": {"values": ["x", "y", "z"]}}}
    sweep_id = sweepdeck.sweep(grid, project=project)
    threads = [threading.Thread(target=sweepdeck.agent, args=(sweep_id, sweepdeck.init)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runs = real.runs(project)
    assert sorted((run["config"]["a"], run["config"]["b"]) for run in runs) == [
        (a, b) for a in (1, 2, 3, 4) for b in ("x", "y", "z")
    ]
    assert {run["state"] for run in runs} == {"finished"}
    assert real.get(f"/sweeps/{sweep_id}")["state"] == "FINISHED"


@pytest.fixture
def agent_script(real, project, start_script):
    """Start an agent whose function works for a minute under each configuration; return sweep id and script."""
    sweep_id = sweepdeck.sweep(RANDOM, project=project)
    code = f"""
        import time
        import sweepdeck as wandb

        def main():
            run = wandb.init()
            wandb.log({{"loss": 1.0}})
            print("working as", run.name)
            [time.sleep(0.1) for _ in range(600)]

        wandb.agent("{sweep_id}", function=main)
        print("the script goes on")
    """
    return sweep_id, start_script(code, real.url, real.key)


def _states(real, project):
    return [run["state"] for run in real.runs(project)]


def test_one_ctrl_c_stops_the_run_and_a_second_the_agent(real, project, agent_script):
    _, script = agent_script
    script.expect("working as run-1")
    script.signal(signal.SIGINT)
    script.expect("working as run-2")
    assert _states(real, project) == ["killed", "running"]
    script.signal(signal.SIGINT)
    assert script.end() in (130, -signal.SIGINT)
    assert _states(real, project) == ["killed", "killed"]
    assert [run["exit_code"] for run in real.runs(project)] == [255, 255]


def test_a_stop_from_the_page_interrupts_the_run_and_the_agent_goes_on(real, project, agent_script):
    _, script = agent_script
    script.expect("working as run-1")
    run = real.runs(project)[0]
    real.post(f"/runs/owner/{project}/{run['run_id']}/stop")
    script.expect("working as run-2")
    assert _states(real, project) == ["killed", "running"]


def test_a_canceled_sweep_kills_the_run_and_ends_the_agent(real, project, agent_script):
    sweep_id, script = agent_script
    script.expect("working as run-1")
    real.post(f"/sweeps/{sweep_id}/cancel")
    assert script.end() == 0
    assert "the sweep was canceled" in script.said
    assert _states(real, project) == ["killed"]


def test_a_drained_agent_ends_after_its_run(real, project, agent_script):
    _, script = agent_script
    script.expect("working as run-1")
    run = real.runs(project)[0]
    real.post(f"/agents/{run['agent']}/drain")
    real.post(f"/runs/owner/{project}/{run['run_id']}/stop")
    assert script.end() == 0
    assert "the agent was told to end" in script.said
    assert _states(real, project) == ["killed"]


def test_a_paused_sweep_is_waited_for(real, project, agent_script):
    sweep_id, script = agent_script
    script.expect("working as run-1")
    real.post(f"/sweeps/{sweep_id}/pause")
    real.post(f"/runs/owner/{project}/{real.runs(project)[0]['run_id']}/stop")
    script.expect("the agent waits: the sweep is paused")
    real.post(f"/sweeps/{sweep_id}/resume")
    script.expect("working as run-2")


def test_a_killed_server_is_outlived_by_an_agent(real, project):
    sweep_id = sweepdeck.sweep(RANDOM, project=project)
    calls = []

    def main():
        sweepdeck.init()
        calls.append(1)
        if len(calls) in (2, 4):
            real.kill()
            threading.Timer(0.3, real.launch).start()
        sweepdeck.log({"loss": 1})

    sweepdeck.agent(sweep_id, function=main, count=6)
    assert _states(real, project) == ["finished"] * 6
    assert {run["summary"]["loss"] for run in real.runs(project)} == {1}


def test_a_run_goes_on_after_its_process_was_killed(real, project, start_script):
    code = f"""
        import time
        import sweepdeck as wandb
        wandb.init(project="{project}", id="long", config={{"a": 1}})
        wandb.log({{"i": 0}})
        print("ready")
        [time.sleep(0.1) for _ in range(600)]
    """
    script = start_script(code, real.url, real.key)
    script.expect("ready")
    real.wait_for(lambda: real.runs(project)[0]["history_rows"] == 1)
    script.kill()
    with sweepdeck.init(project=project, id="long", resume="must", config={"b": 2}) as run:
        run.log({"i": 1})
    stored = _stored(real, run)
    assert real.rows(stored) == [{"_step": 0, "i": 0}, {"_step": 1, "i": 1}]
    assert stored["config"] == {"a": 1, "b": 2}
    with pytest.raises(sweepdeck.UsageError, match="has ended"):
        sweepdeck.init(project=project, id="long")


def test_a_wrong_key_is_refused(real):
    with pytest.raises(sweepdeck.AuthenticationError, match="does not accept the API key"):
        sweepdeck.login(key="w" * 43)


def test_another_persons_entity_does_not_exist(real):
    with pytest.raises(sweepdeck.UsageError, match="cannot begin"):
        sweepdeck.init(entity="stranger")
    with pytest.raises(sweepdeck.UsageError):
        sweepdeck.sweep(RANDOM, entity="stranger")


def test_the_client_keeps_its_connections(real, monkeypatch):
    client = _api.Client(real.url, real.key)
    for _ in range(20):
        client.send("GET", "/me")
    pools = client._pool.pools
    assert [pools[key].num_connections for key in list(pools.keys())] == [1]
