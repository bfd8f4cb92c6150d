"""A controller of the user's own, against the real server."""

import secrets

import pytest

import sweepdeck
from sweepdeck import _api
from sweepdeck._control import known
from sweepdeck._errors import ConnectionProblem
from tests.sdk.script import ROOT

CONFIG = {
    "method": "custom",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}},
}


class Worker:
    """An agent whose every move is the test's."""

    def __init__(self, server, sweep_id):
        self.server, self.id = server, secrets.token_hex(8)
        server.post(f"/sweeps/{sweep_id}/agents", {"agent_id": self.id, "host": "h"})

    def ask(self):
        """Return the next run's place, having started it, or None."""
        answer = self.server.post(f"/agents/{self.id}/next", {"request_id": secrets.token_hex(8)})
        if answer["command"] != "run":
            return None
        run = self.server.post("/runs", {name: answer["run"][name] for name in ("entity", "project", "run_id")})
        self.rows = 0
        return f"/runs/{run['entity']}/{run['project']}/{run['run_id']}"

    def log(self, place, *rows):
        answer = self.server.post(f"{place}/history", {"offset": self.rows, "rows": list(rows)})
        self.rows = answer["rows"]
        return answer["stop"]

    def finish(self, place, loss):
        self.log(place, {"loss": loss})
        self.server.post(f"{place}/finish", {"exit_code": 0})


def _states(controller):
    return [run.state for run in controller.runs]


def test_a_search_gets_config_and_runs_and_ends_the_sweep_by_none(real):
    seen = []

    def search(config, runs):
        seen.append((config["parameters"], [(run.state, run.config["lr"], run.objective) for run in runs]))
        return None if len(runs) == 2 else {"lr": 0.25 * (len(runs) + 1)}

    controller = sweepdeck.controller(CONFIG, project="searched", search=search)
    assert controller.step()
    worker = Worker(real, controller.sweep_id)
    place = worker.ask()
    controller.step()
    worker.finish(place, 0.5)
    controller.step()
    assert [runs for _, runs in seen] == [[], [("running", 0.25, None)]]
    worker.finish(worker.ask(), 0.75)
    controller.step()
    assert seen[-1][1] == [("finished", 0.25, 0.5), ("finished", 0.5, 0.75)]
    assert len(seen) == 3
    assert {name for space, _ in seen for name in space} == {"lr"}
    controller.step()
    assert (controller.state, controller.done(), len(seen)) == ("FINISHED", True, 3)


def test_what_has_not_changed_is_not_asked_again(real):
    calls = []
    controller = sweepdeck.controller(CONFIG, search=lambda _config, _runs: calls.append(1) or [])
    assert (controller.step(), controller.step(), len(calls)) == (True, False, 1)


def test_as_many_wait_as_were_asked_for_in_their_order(real):
    controller = sweepdeck.controller(CONFIG, search=lambda _config, runs: {"lr": len(runs) / 10}, ahead=3)
    controller.step()
    assert [run.config["lr"] for run in controller.runs] == [0, 0.1, 0.2]
    assert _states(controller) == ["queued"] * 3
    assert real.get(Worker(real, controller.sweep_id).ask())["config"] == {"lr": 0}


def test_a_stopping_function_stops_the_runs_that_it_names(real):
    def stop(runs):
        return [run for run in runs if len(run.history) >= 2 and run.history[-1] > run.history[0]]

    sweep_id = sweepdeck.sweep(CONFIG | {"method": "random"}, project="stopped")
    controller = sweepdeck.controller(sweep_id, stop=stop)
    worker = Worker(real, sweep_id)
    place = worker.ask()
    assert not worker.log(place, {"loss": 1.0}, {"other": 3})
    controller.step()
    assert not worker.log(place, {"loss": 2.0})
    controller.step()
    assert real.post(f"{place}/heartbeat") == {"stop": True}
    controller.stop_runs(controller.runs)
    with pytest.raises(sweepdeck.UsageError, match="those that were given"):
        controller.stop_runs(["x"])


def test_the_history_is_read_page_by_page_and_only_what_is_new(real, monkeypatch):
    monkeypatch.setattr(known, "_PAGE_ROWS", 2)
    controller = sweepdeck.controller(CONFIG)
    controller.schedule({"lr": 0.5})
    worker = Worker(real, controller.sweep_id)
    place = worker.ask()
    worker.log(place, *({"loss": value} for value in (1.0, "Infinity", 3)), {"other": 1}, {"loss": "text"})
    controller.step()
    run = controller.runs[0]
    assert run.history == [1.0, float("inf"), 3.0]
    asked = []
    send = _api.Client.send
    monkeypatch.setattr(_api.Client, "send", lambda *args, **more: asked.append(args[2]) or send(*args, **more))
    assert run.history == [1.0, float("inf"), 3.0]
    assert asked == []
    worker.log(place, {"loss": 4})
    controller.step()
    assert run.history == [1.0, float("inf"), 3.0, 4.0]
    assert [path.partition("after=")[2] for path in asked if "history?" in path] == ["1&limit=2", "4&limit=2"]


def test_a_lost_answer_queues_a_configuration_once(real, monkeypatch):
    controller = sweepdeck.controller(CONFIG)
    send, lost = _api.Client.send, []

    def losing(self, method, path, *args, **more):
        answer = send(self, method, path, *args, **more)
        if path.endswith("/suggestions") and not lost:
            lost.append(path)
            raise ConnectionProblem("the answer is lost")
        return answer

    monkeypatch.setattr(_api.Client, "send", losing)
    controller.schedule([{"lr": 0.25}, {"lr": 0.5}])
    assert lost
    assert real.get(f"/sweeps/{controller.sweep_id}/suggestions")["count"] == 2


def test_another_process_goes_on_where_the_first_has_ended(real):
    first = sweepdeck.controller(CONFIG)
    first.schedule([{"lr": lr / 10} for lr in range(4)])
    Worker(real, first.sweep_id).ask()
    second = sweepdeck.controller(first.sweep_id, ahead=3, search=lambda _config, _runs: pytest.fail("enough waits"))
    second.step()
    assert [(run.state, run.config["lr"]) for run in second.runs] == [
        ("running", 0),
        ("queued", 0.1),
        ("queued", 0.2),
        ("queued", 0.3),
    ]


def test_an_edit_of_the_sweep_and_a_deleted_run_are_noticed(real):
    controller = sweepdeck.controller(CONFIG)
    controller.schedule([{"lr": 0.1}, {"lr": 0.9}])
    real.client.call("DELETE", Worker(real, controller.sweep_id).ask())
    narrow = CONFIG | {"parameters": {"lr": {"min": 0.0, "max": 0.5}}}
    real.client.call("PUT", f"/sweeps/{controller.sweep_id}/config", {"config": narrow})
    controller.step()
    assert controller.runs == []
    assert controller.config["parameters"]["lr"]["max"] == 0.5


def test_a_sweep_that_takes_no_more_ends_the_search(real):
    controller = sweepdeck.controller(CONFIG, search=lambda _config, _runs: {"lr": 0.5})
    real.post(f"/sweeps/{controller.sweep_id}/stop")
    controller._search(controller.search)
    with pytest.raises(sweepdeck.UsageError, match="STOPPED"):
        controller.schedule({"lr": 0.5})
    controller.step()
    assert controller.done()


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        ({"lr": 2.0}, r"suggestions\[0\]\.config"),
        ({"lr": object()}, "'lr' is of type object"),
        (5, "search returns a configuration"),
        ([5], "a configuration is a dict"),
    ],
    ids=["outside", "unstorable", "number", "list of numbers"],
)
def test_a_wrong_choice_is_an_error_that_says_why(real, chosen, problem):
    controller = sweepdeck.controller(CONFIG, search=lambda _config, _runs: chosen)
    with pytest.raises(sweepdeck.UsageError, match=problem):
        controller.step()


def test_a_sweep_that_the_server_decides_refuses_a_search(real):
    sweep_id = sweepdeck.sweep(CONFIG | {"method": "random"})
    with pytest.raises(sweepdeck.UsageError, match="decided by the server"):
        sweepdeck.controller(sweep_id, search=lambda _config, _runs: {"lr": 0.5}).step()
    with pytest.raises(sweepdeck.UsageError, match=r"controller\.search or controller\.stop"):
        sweepdeck.controller(sweep_id).run()
    with pytest.raises(sweepdeck.UsageError, match="ahead"):
        sweepdeck.controller(sweep_id, ahead=0)


def test_a_configuration_with_a_method_gets_a_local_controller(real, capsys):
    controller = sweepdeck.controller(lambda: CONFIG | {"method": "random"})
    assert controller.config["controller"] == {"type": "local"}
    controller.schedule({"lr": 0.5})
    worker = Worker(real, controller.sweep_id)
    worker.finish(worker.ask(), 0.5)
    controller.exhaust()
    controller.step()
    controller.print_status()
    assert "is FINISHED, 1 finished, best loss 0.5 (run-1)" in capsys.readouterr().err


def test_the_example_searches_stops_and_ends(real, start_script):
    code = (ROOT / "examples/custom_search.py").read_text()
    code = code.replace("20", "8").replace("> 5]", "> 0.6]").replace("stop=stop)", "stop=stop, ahead=4)")
    script = start_script(code, real.url, real.key)
    assert script.end(60) == 0, script.said
    assert "is FINISHED" in script.said
    runs = real.runs("custom-search")
    assert len(runs) == 8
    assert {run["state"] for run in runs} <= {"finished", "killed"}
