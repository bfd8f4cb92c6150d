"""How scripts end: their own way, by an exception, by Ctrl+C, by SIGTERM, by a stop from the server."""

import signal

import pytest

import sweepdeck
from tests.sdk.fake import KEY
from tests.sdk.script import ROOT

AGENT = """
    import time
    import sweepdeck as wandb

    def main():
        wandb.init()
        wandb.log({"x": wandb.config.x})
        print("working on", wandb.config.x)
        SLEEP

    wandb.agent("SWEEP", function=main)
    print("the script goes on")
"""


@pytest.fixture
def start(fake, start_script):
    """Start a script that talks to the fake server."""
    return lambda code, **more: start_script(code, fake.url, KEY, **more)


@pytest.fixture
def agent_code(fake):
    """The code of an agent's script, whose function then does `sleep`."""
    fake.configs = [{"x": x} for x in range(4)]
    sweep_id = sweepdeck.sweep({"method": "grid"})
    return lambda sleep="[time.sleep(0.1) for _ in range(600)]": AGENT.replace("SWEEP", sweep_id).replace(
        "SLEEP", sleep
    )


def _only(fake):
    (run,) = fake.runs.values()
    return run["state"], run["exit_code"]


def _states(fake):
    return [run["state"] for run in fake.runs.values()]


@pytest.mark.parametrize(
    ("ending", "state", "exit_code"),
    [
        ("", "finished", 0),
        ("sys.exit()", "finished", 0),
        ("sys.exit(3)", "failed", 3),
        ("sys.exit('bad input')", "failed", 1),
        ("raise ValueError('bad input')", "failed", 1),
        ("raise KeyboardInterrupt", "killed", 255),
        ("wandb.finish(exit_code=4)", "failed", 4),
    ],
)
def test_a_run_that_the_script_leaves_open_ends_as_the_script_does(fake, start, ending, state, exit_code):
    script = start(f"import sys\nimport sweepdeck as wandb\nwandb.init().log({{'a': 1}})\n{ending}")
    script.end()
    assert _only(fake) == (state, exit_code)
    assert [len(rows) for rows in fake.rows.values()] == [1]
    if "bad input" in ending:
        assert "bad input" in next(iter(fake.runs.values()))["error"]


def test_runs_of_all_threads_are_ended(fake, start):
    code = """
        import threading
        import sweepdeck as wandb

        def work():
            wandb.init().log({"a": 1})

        threads = [threading.Thread(target=work) for _ in range(3)]
        [t.start() for t in threads]
        [t.join() for t in threads]
    """
    assert start(code).end() == 0
    assert _states(fake) == ["finished"] * 3


def test_sigterm_ends_the_run_as_killed_and_runs_clean_up(fake, start):
    code = """
        import time
        import sweepdeck as wandb
        wandb.init()
        try:
            print("ready")
            [time.sleep(0.1) for _ in range(600)]
        finally:
            wandb.summary["cleaned"] = True
    """
    script = start(code)
    script.expect("ready")
    script.signal(signal.SIGTERM)
    assert script.end() == 143
    assert _only(fake) == ("killed", 143)
    assert next(iter(fake.runs.values()))["summary"] == {"cleaned": True}


def test_ctrl_c_ends_a_script_and_its_run(fake, start):
    script = start(
        "import time\nimport sweepdeck as wandb\nwandb.init()\nprint('ready')\n[time.sleep(0.1) for _ in range(600)]"
    )
    script.expect("ready")
    script.signal(signal.SIGINT)
    assert script.end() in (130, -signal.SIGINT)
    assert _only(fake) == ("killed", 255)


@pytest.mark.parametrize("prelude", ["", "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"])
def test_a_stop_from_the_server_ends_a_script_even_one_that_ignores_ctrl_c(fake, start, prelude):
    code = f"""
        {prelude}
        import time
        import sweepdeck as wandb
        wandb.init()
        print("ready")
        for _ in range(600):
            time.sleep(0.1)
    """
    script = start(code)
    script.expect("ready")
    next(iter(fake.runs.values()))["stop"] = True
    script.end(seconds=20)
    assert _only(fake) == ("killed", 255)
    assert "is being stopped" in script.said


def test_one_ctrl_c_stops_the_run_and_the_agent_goes_on(fake, start, agent_code):
    script = start(agent_code("if wandb.config.x == 0: [time.sleep(0.1) for _ in range(600)]"))
    script.expect("working on 0")
    script.signal(signal.SIGINT)
    assert script.end() == 0
    assert _states(fake) == ["killed", "finished", "finished", "finished"]
    assert "Ctrl+C again within 10 seconds ends the agent" in script.said
    assert "the script goes on" in script.said


def test_two_ctrl_c_end_the_agent_and_its_run(fake, start, agent_code):
    script = start(agent_code())
    script.expect("working on 0")
    script.signal(signal.SIGINT)
    script.expect("working on 1")
    script.signal(signal.SIGINT)
    assert script.end() in (130, -signal.SIGINT)
    assert _states(fake) == ["killed", "killed"]
    assert next(iter(fake.agents.values()))["exit_reason"] == "interrupted"
    assert "the script goes on" not in script.said


def test_a_second_ctrl_c_ends_a_function_that_swallows_interrupts(fake, start, agent_code):
    stubborn = """
        for _ in range(600):
            try:
                print("inside")
                time.sleep(0.1)
            except KeyboardInterrupt:
                print("swallowed")
    """
    script = start(agent_code(stubborn))
    script.expect("inside")
    script.signal(signal.SIGINT)
    script.expect("swallowed")
    script.signal(signal.SIGINT)
    assert script.end() in (130, -signal.SIGINT)
    assert _states(fake) == ["killed"]


def test_ctrl_c_ends_an_agent_that_waits(fake, start, agent_code):
    fake.waits = [{"command": "wait", "run": None, "retry_after": 0.05, "reason": "the sweep is paused"}] * 10_000
    script = start(agent_code())
    script.expect("the agent waits")
    script.signal(signal.SIGINT)
    assert script.end() in (130, -signal.SIGINT)
    assert fake.runs == {}


def test_ctrl_c_ends_the_agent_of_a_job_and_gives_its_run_back(fake, start, agent_code):
    script = start(agent_code(), SWEEPDECK_JOB_ID="job12345")
    script.expect("working on 0")
    script.signal(signal.SIGINT)
    assert script.end() == 0
    assert _states(fake) == ["preempted"]
    assert next(iter(fake.agents.values()))["exit_reason"] == "its job was stopped"


def test_sigterm_ends_the_agent_and_gives_its_run_back(fake, start, agent_code):
    script = start(agent_code())
    script.expect("working on 0")
    script.signal(signal.SIGTERM)
    assert script.end() == 143
    assert _states(fake) == ["preempted"]
    assert next(iter(fake.agents.values()))["exit_reason"] == "interrupted"


def test_ctrl_c_does_not_wait_for_a_server_that_is_away(fake, start):
    script = start(
        "import sweepdeck as wandb\nwandb.init()\nprint('ready')\nwandb.finish()", SWEEPDECK_FINISH_TIMEOUT="60"
    )
    fake.fail("POST /runs/.*", 500, times=10**6)
    script.expect("waiting up to 60 s")
    script.signal(signal.SIGINT)
    assert script.end(seconds=20) in (130, -signal.SIGINT)


def test_a_pool_of_forked_workers_leaves_the_run_alone(fake, start):
    code = """
        import multiprocessing
        import sweepdeck as wandb

        def work(x):
            return x * 2

        wandb.init()
        wandb.log({"a": 1})
        with multiprocessing.get_context("fork").Pool(2) as pool:
            total = sum(pool.map(work, range(20)))
        wandb.log({"total": total})
    """
    assert start(code).end() == 0
    assert _only(fake) == ("finished", 0)
    assert [row.get("total") for rows in fake.rows.values() for row in rows] == [None, 380]


def test_config_reaches_spawned_workers(fake, start, tmp_path):
    (tmp_path / "work.py").write_text("def work(config):\n    return config.x + config['x']\n")
    code = """
        import multiprocessing
        import sweepdeck as wandb
        from work import work

        if __name__ == "__main__":
            wandb.init(config={"x": 21})
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                wandb.log({"got": pool.apply(work, (wandb.config,))})
    """
    assert start(code, PYTHONPATH=f"{ROOT}:{tmp_path}").end() == 0
    assert next(iter(fake.rows.values()))[0]["got"] == 42
