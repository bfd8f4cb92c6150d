"""An agent and the runs that it is given."""

import threading
import time

import pytest

import sweepdeck
from sweepdeck import _sender

CONFIG = {"method": "grid", "parameters": {"x": {"values": [1, 2, 3]}}}


@pytest.fixture
def sweep_id(fake):
    """A sweep that hands out x = 0, 1, 2 ... as often as the test says by `fake.configs`."""
    fake.configs = [{"x": x} for x in range(3)]
    return sweepdeck.sweep(CONFIG, project="demo")


def _states(fake):
    return [run["state"] for run in fake.runs.values()]


def _exit_reason(fake):
    return next(iter(fake.agents.values()))["exit_reason"]


def test_it_runs_the_function_under_each_configuration(fake, sweep_id, capsys):
    def main():
        sweepdeck.init()
        sweepdeck.log({"score": sweepdeck.config.x * 10})

    sweepdeck.agent(sweep_id, function=main)
    assert [rows[0]["score"] for rows in fake.rows.values()] == [0, 10, 20]
    assert _states(fake) == ["finished"] * 3
    assert _exit_reason(fake) == "no configurations left"
    assert "no configurations left" in capsys.readouterr().err
    assert sweepdeck.run is None


def test_a_run_that_ended_while_the_server_was_away_is_sent_before_the_next_begins(fake, sweep_id, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_FINISH_TIMEOUT", "0.2")
    monkeypatch.setattr("sweepdeck._backoff.FIRST_SECONDS", 0.01)
    before = []

    def main():
        run = sweepdeck.init()
        before.append((_states(fake)[0], next(iter(fake.rows.values()))))
        if len(before) == 1:
            fake.fail(".*", 503, times=10**6)
            threading.Timer(1.0, fake.heal).start()
        run.log({"score": 1})

    sweepdeck.agent(sweep_id, function=main, count=2)
    assert before[1][0] == "finished"
    assert [row["score"] for row in before[1][1]] == [1]
    assert _states(fake) == ["finished"] * 2


def test_count_bounds_the_runs(fake, sweep_id):
    sweepdeck.agent(sweep_id, function=sweepdeck.init, count=2)
    assert _states(fake) == ["finished"] * 2
    assert len(fake.configs) == 1
    assert _exit_reason(fake) == "2 runs are done"


def test_the_sweeps_project_wins_with_one_warning(fake, sweep_id, capsys):
    sweepdeck.agent(sweep_id, function=lambda: sweepdeck.init(project="other", entity="ada"))
    assert {run["project"] for run in fake.runs.values()} == {"demo"}
    said = capsys.readouterr().err
    assert said.count("project 'other' is ignored") == 1
    assert "entity" not in said


def test_the_sweeps_values_win_over_defaults_and_the_rest_is_added(fake, sweep_id):
    seen = []

    def main():
        run = sweepdeck.init(config={"x": 99, "epochs": 3}, name="named", tags=["t"])
        run.config.x = 98
        seen.append((sweepdeck.config.x, sweepdeck.config.epochs))

    sweepdeck.agent(sweep_id, function=main, count=1)
    assert seen == [(0, 3)]
    stored = next(iter(fake.runs.values()))
    assert stored["config"] == {"x": 0, "epochs": 3}
    assert (stored["name"], stored["tags"]) == ("named", ["t"])


def test_an_exception_fails_the_run_with_its_traceback_and_the_agent_goes_on(fake, sweep_id, capsys):
    def main():
        sweepdeck.init()
        if sweepdeck.config.x == 0:
            raise ValueError("a bad\x00 learning rate")

    sweepdeck.agent(sweep_id, function=main)
    assert _states(fake) == ["failed", "finished", "finished"]
    error = next(iter(fake.runs.values()))["error"]
    assert "ValueError: a bad\N{REPLACEMENT CHARACTER} learning rate" in error
    assert "_execute.py" not in error
    assert "ValueError: a bad" in capsys.readouterr().err


def test_functions_that_never_call_init_or_end_otherwise_are_finished_too(fake, sweep_id):
    def main():
        number = len(fake.runs)
        if number == 2:
            raise SystemExit(4)
        if number == 3:
            sweepdeck.init()
            sweepdeck.finish(exit_code=5)

    sweepdeck.agent(sweep_id, function=main)
    assert _states(fake) == ["finished", "failed", "failed"]
    assert [run["exit_code"] for run in fake.runs.values()] == [0, 4, 5]


def test_log_and_config_before_init_say_what_to_do(fake, sweep_id):
    outer = sweepdeck.init()
    messages = []

    def main():
        for use in (lambda: sweepdeck.log({"a": 1}), lambda: sweepdeck.config.x):
            with pytest.raises(sweepdeck.UsageError, match=r"call sweepdeck\.init\(\) before"):
                use()
            messages.append("said")

    sweepdeck.agent(sweep_id, function=main, count=1)
    assert len(messages) == 2
    assert sweepdeck.run is outer


def test_a_further_run_of_the_function_is_ended_with_it(fake, sweep_id):
    def main():
        sweepdeck.init()
        sweepdeck.init(reinit=True, id="further")

    sweepdeck.agent(sweep_id, function=main, count=1)
    assert fake.runs["further"]["state"] == "finished"
    assert fake.runs["further"]["sweep"] is None
    assert "running" not in _states(fake)


def test_a_stop_from_the_server_interrupts_the_function_and_the_agent_goes_on(fake, sweep_id, monkeypatch):
    monkeypatch.setattr(_sender, "YOUNG_HEARTBEAT", 0.05)
    monkeypatch.setattr(_sender, "SEND_SECONDS", 0.01)

    def main():
        run = sweepdeck.init()
        if run.config.x == 0:
            fake.runs[run.id]["stop"] = True
            [time.sleep(0.1) for _ in range(300)]

    sweepdeck.agent(sweep_id, function=main)
    assert _states(fake) == ["killed", "finished", "finished"]


def test_a_stop_reaches_a_function_that_runs_in_another_thread(fake, sweep_id, monkeypatch):
    monkeypatch.setattr(_sender, "YOUNG_HEARTBEAT", 0.05)
    monkeypatch.setattr(_sender, "SEND_SECONDS", 0.01)

    def main():
        run = sweepdeck.init()
        if run.config.x == 0:
            fake.runs[run.id]["stop"] = True
            for _ in range(1000):
                time.sleep(0.01)

    thread = threading.Thread(target=sweepdeck.agent, args=(sweep_id, main))
    thread.start()
    thread.join(20)
    assert _states(fake) == ["killed", "finished", "finished"]


def test_agents_in_several_threads_do_not_disturb_each_other(fake, sweep_id):
    fake.configs = [{"x": x} for x in range(40)]

    def main():
        sweepdeck.init()
        for _ in range(5):
            sweepdeck.log({"x": sweepdeck.config.x})

    threads = [threading.Thread(target=sweepdeck.agent, args=(sweep_id, main)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run_id, run in fake.runs.items():
        assert [row["x"] for row in fake.rows[run_id]] == [run["config"]["x"]] * 5
    assert sorted(run["config"]["x"] for run in fake.runs.values()) == list(range(40))
    assert len(fake.agents) == 4


def test_three_early_failures_end_the_agent(fake, sweep_id, capsys):
    fake.configs = [{"x": x} for x in range(9)]

    def main():
        raise ValueError

    sweepdeck.agent(sweep_id, function=main)
    assert _states(fake) == ["failed"] * 3
    assert _exit_reason(fake) == "3 runs failed in the first 60 seconds"
    assert "the agent gives up" in capsys.readouterr().err


def test_giving_up_can_be_switched_off(fake, sweep_id, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_AGENT_DISABLE_FLAPPING", "true")
    fake.configs = [{"x": x} for x in range(9)]

    def main():
        raise ValueError

    sweepdeck.agent(sweep_id, function=main)
    assert _states(fake) == ["failed"] * 9


def test_a_paused_sweep_is_waited_for_and_said_once(fake, sweep_id, capsys):
    wait = {"command": "wait", "run": None, "retry_after": 0.01, "reason": "the sweep is paused"}
    fake.waits = [wait] * 5
    sweepdeck.agent(sweep_id, function=sweepdeck.init)
    assert _states(fake) == ["finished"] * 3
    assert capsys.readouterr().err.count("the agent waits: the sweep is paused") == 1


def test_a_lost_answer_loses_no_configuration(fake, sweep_id, monkeypatch):
    monkeypatch.setattr("sweepdeck._backoff.FIRST_SECONDS", 0.01)
    fake.fail("POST /agents/.*/next", None, times=2, after=True)
    sweepdeck.agent(sweep_id, function=sweepdeck.init)
    assert [run["config"]["x"] for run in fake.runs.values()] == [0, 1, 2]
    assert _states(fake) == ["finished"] * 3


def test_the_sweep_may_be_named_with_its_place(fake, sweep_id):
    sweepdeck.agent(f"ada/demo/{sweep_id}", function=sweepdeck.init, count=1)
    sweepdeck.agent(f"demo/{sweep_id}", function=sweepdeck.init, count=1)
    sweepdeck.agent(sweep_id, function=sweepdeck.init, entity="ada", project="demo", count=1)
    with pytest.raises(sweepdeck.UsageError, match="in project 'demo', not 'other'"):
        sweepdeck.agent(f"ada/other/{sweep_id}", function=sweepdeck.init)
    with pytest.raises(sweepdeck.UsageError, match="in entity 'ada', not 'bob'"):
        sweepdeck.agent(sweep_id, function=sweepdeck.init, entity="bob")


def test_wrong_calls_are_refused_before_anything_runs(fake, sweep_id):
    with pytest.raises(sweepdeck.UsageError, match="there is no sweep 'nothing'"):
        sweepdeck.agent("nothing", function=print)
    with pytest.raises(sweepdeck.UsageError, match="the function to run"):
        sweepdeck.agent(sweep_id)
    with pytest.raises(sweepdeck.UsageError, match="takes the id"):
        sweepdeck.agent(function=print)
    for count in (0, -1, 1.5, True):
        with pytest.raises(sweepdeck.UsageError, match="count is a whole number"):
            sweepdeck.agent(sweep_id, function=print, count=count)
    assert fake.agents == {}


def test_a_job_of_the_servers_worker_names_sweep_count_and_itself(fake, sweep_id, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_SWEEP_ID", sweep_id)
    monkeypatch.setenv("SWEEPDECK_AGENT_COUNT", "2")
    monkeypatch.setenv("SWEEPDECK_JOB_ID", "job12345")
    sweepdeck.agent(function=sweepdeck.init)
    assert len(fake.runs) == 2
    assert next(iter(fake.agents.values()))["job_id"] == "job12345"


def test_an_agent_whose_sweep_was_deleted_ends_with_a_line(fake, sweep_id, capsys):
    fake.fail("POST /agents/.*/next", 404)
    sweepdeck.agent(sweep_id, function=sweepdeck.init)
    assert "has its sweep no longer" in _exit_reason(fake)
    assert "ends: the server has its sweep no longer" in capsys.readouterr().err


def test_an_agent_that_the_server_refuses_ends_with_an_error(fake, sweep_id):
    fake.fail("POST /agents/.*/next", 409)
    with pytest.raises(sweepdeck.CommError):
        sweepdeck.agent(sweep_id, function=sweepdeck.init)
    assert "ApiError" in _exit_reason(fake)


def _given_again(fake, cause):
    """Let the sweep's next run be a second attempt, of which the first has logged two rows."""
    run = fake._new_run("swept000", "ada", "demo")
    run |= {"attempt": 2, "requeue_cause": cause, "history_rows": 2, "last_step": 1, "summary": {"loss": 2.0}}
    fake.rows["swept000"] = [{"loss": 1.0, "_step": 0}, {"loss": 2.0, "_step": 1}]
    return run


@pytest.mark.parametrize(
    ("cause", "resume", "goes_on"),
    [
        ("lost", None, False),
        ("lost", "allow", True),
        ("lost", "must", True),
        ("lost", "never", False),
        ("preempted", None, True),
        ("preempted", "never", False),
    ],
)
def test_a_further_attempt_goes_on_or_begins_anew(fake, sweep_id, monkeypatch, cause, resume, goes_on):
    again = _given_again(fake, cause)
    monkeypatch.setattr(fake, "_new_run", lambda *place: again)
    seen = []

    def main():
        run = sweepdeck.init(resume=resume)
        seen.append((run.attempt, run.resumed, run.step))
        run.log({"loss": 3.0})

    fake.configs = fake.configs[:1]
    sweepdeck.agent(sweep_id, function=main)
    assert seen == [(2, goes_on, 2 if goes_on else 0)]
    assert [(row["_step"], row["loss"]) for row in fake.rows["swept000"]] == [
        *([(0, 1.0), (1, 2.0)] if goes_on else []),
        (2 if goes_on else 0, 3.0),
    ]
    assert again["state"] == "finished"


def test_a_run_marked_as_preempting_that_fails_is_preempted(fake, sweep_id):
    def main():
        sweepdeck.init()
        sweepdeck.mark_preempting()
        raise RuntimeError("the machine goes")

    fake.configs = fake.configs[:1]
    sweepdeck.agent(sweep_id, function=main)
    assert _states(fake) == ["preempted"]


def test_marking_without_a_server_is_only_said(fake, capsys, monkeypatch):
    monkeypatch.setattr("sweepdeck._run._PREEMPTING_SECONDS", 0.1)
    fake.fail("POST /runs/.*/preempting", 503, times=10**6)
    run = sweepdeck.init()
    run.mark_preempting()
    fake.heal()
    run.finish()
    assert "could not be marked as preempting" in capsys.readouterr().err
