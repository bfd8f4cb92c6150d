"""`sweepdeck agent` as users run it, with the real server."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from sweepdeck._interrupt import AgentsInterrupter
from tests.sdk.script import environment

TRAIN = """
import sys, time, argparse
import sweepdeck as wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
with wandb.init(project="elsewhere", config=parser.parse_args()) as run:
    for step in range(3):
        wandb.log({"loss": wandb.config.lr * (3 - step)})
"""
WAITING = """
import time
import sweepdeck as wandb

wandb.init()
wandb.log({"loss": 1})
print("trains", flush=True)
for _ in range(600):
    time.sleep(0.05)
"""


class Terminal:
    """Runs commands in a folder, as a shell does."""

    def __init__(self, real, folder):
        self.folder, self.started = folder, []
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("SWEEPDECK_")}
        self.environment |= environment(real.url, real.key, folder)

    def start(self, *arguments):
        """Start the command `sweepdeck`."""
        self.started.append(
            subprocess.Popen(
                [sys.executable, "-m", "sweepdeck", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return self.started[-1]

    def run(self, *arguments, code=0):
        """Run the command to its end, and return what it says on stdout."""
        process = self.start(*arguments)
        said, warned = process.communicate(timeout=60)
        assert process.returncode == code, said + warned
        return said

    def write(self, name, text):
        """Write a file."""
        (self.folder / name).write_text(textwrap.dedent(text))

    def register(self, real, **config):
        """Register a grid over `lr`, and return its id."""
        whole = {"method": "grid", "metric": {"name": "loss"}, "parameters": {"lr": {"values": [0.1, 0.2, 0.3]}}}
        self.write("sweep.yaml", json.dumps({"program": "train.py"} | whole | config))
        return json.loads(self.run("sweep", "sweep.yaml", "-p", self.folder.name[:60], "--json"))["sweep_id"]


@pytest.fixture
def terminal(real, tmp_path):
    """A terminal in an empty folder; what still runs is ended."""
    made = Terminal(real, tmp_path)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _runs(real, sweep_id):
    return real.get(f"/sweeps/{sweep_id}/runs?sort=created_at")["results"]


def _wait_until_it_logs(real, sweep_id):
    return real.wait_for(lambda: [run for run in _runs(real, sweep_id) if run["summary"].get("loss")])


def test_a_program_is_run_under_every_configuration_and_takes_up_its_runs(real, terminal):
    terminal.write("train.py", TRAIN)
    sweep_id = terminal.register(real)
    told = json.loads(terminal.run("agent", sweep_id, "--parallel", "2", "--json"))
    assert told["runs"] == {"finished": 3}
    assert len(told["agents"]) == 2
    runs = _runs(real, sweep_id)
    assert [(run["state"], run["project"], run["history_rows"]) for run in runs] == [
        ("finished", terminal.folder.name[:60], 3)
    ] * 3
    assert sorted(run["objective"] for run in runs) == pytest.approx([0.1, 0.2, 0.3])
    assert sorted(run["config"]["lr"] for run in runs) == [0.1, 0.2, 0.3]


def test_a_program_without_the_sdk_is_recorded_with_its_exit_code_and_too_many_failures_end_the_agent(real, terminal):
    command = ["/bin/sh", "-c", "test ${lr} != 0.1 && exit 7; echo $CUDA_VISIBLE_DEVICES > ${envvar:HOME}/cards"]
    sweep_id = terminal.register(real, command=command, parameters={"lr": {"values": [0.1, 1, 2, 3, 4]}})
    terminal.run("agent", sweep_id, "--gpus", "5,6", "--per-run", "2", code=1)
    assert [(run["state"], run["exit_code"]) for run in _runs(real, sweep_id)] == [("finished", 0)] + [
        ("failed", 7)
    ] * 3
    assert _runs(real, sweep_id)[-1]["error"] == "The command has ended with exit code 7."
    assert (terminal.folder / "cards").read_text() == "5,6\n"


def test_a_stop_from_the_page_ends_the_run_alone(real, terminal):
    terminal.write("train.py", WAITING)
    sweep_id = terminal.register(real)
    agent = terminal.start("agent", sweep_id, "--count", "1")
    (run,) = _wait_until_it_logs(real, sweep_id)
    real.post(f"/runs/{run['entity']}/{run['project']}/{run['run_id']}/stop")
    agent.communicate(timeout=30)
    assert agent.returncode == 0
    assert [(run["state"], run["exit_code"]) for run in _runs(real, sweep_id)] == [("killed", 255)]


def test_a_killed_agent_ends_at_once_and_its_run_is_finished_by_another(real, terminal):
    terminal.write("train.py", WAITING)
    sweep_id = terminal.register(real, parameters={"lr": {"values": [0.1]}})
    agent = terminal.start("agent", sweep_id)
    (run,) = _wait_until_it_logs(real, sweep_id)
    real.post(f"/agents/{run['agent']}/kill")
    agent.communicate(timeout=30)
    assert agent.returncode == 0
    (waiting,) = _runs(real, sweep_id)
    assert (waiting["state"], waiting["requeue_cause"]) == ("pending", "killed")
    terminal.write("train.py", TRAIN)
    terminal.run("agent", sweep_id)
    (finished,) = _runs(real, sweep_id)
    assert (finished["run_id"], finished["state"], finished["attempt"]) == (run["run_id"], "finished", 2)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT twice"])
def test_signals_end_the_run_and_the_agent(real, terminal, name):
    # A program that holds out against everything but SIGKILL, with a process of its own.
    terminal.write(
        "train.py",
        "import signal, subprocess\n"
        "for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)\n"
        "subprocess.Popen(['sleep', '61'])\n" + WAITING,
    )
    sweep_id = terminal.register(real)
    agent = terminal.start("agent", sweep_id, "--grace", "0.2")
    _wait_until_it_logs(real, sweep_id)
    if name == "SIGTERM":
        agent.send_signal(signal.SIGTERM)
    else:
        agent.send_signal(signal.SIGINT)
        real.wait_for(lambda: len(_runs(real, sweep_id)) == 2 and _runs(real, sweep_id)[1]["summary"])
        agent.send_signal(signal.SIGINT)
    agent.communicate(timeout=30)
    assert agent.returncode == (143 if name == "SIGTERM" else 130)
    expected = ("pending", "preempted") if name == "SIGTERM" else ("killed", "")
    assert {(run["state"], run["requeue_cause"]) for run in _runs(real, sweep_id)} == {expected}
    assert real.get(f"/agents/{_runs(real, sweep_id)[0]['agent']}")["state"] == "exited"


def test_what_a_killed_program_has_left_is_sent_before_its_end(real, terminal):
    terminal.write(
        "train.py",
        "import os, signal\nimport sweepdeck as wandb\nwandb.init()\n"
        "for step in range(2000): wandb.log({'loss': step})\nos.kill(os.getpid(), signal.SIGKILL)\n",
    )
    sweep_id = terminal.register(real)
    terminal.run("agent", sweep_id, "--count", "1")
    (run,) = _runs(real, sweep_id)
    assert (run["state"], run["exit_code"], run["history_rows"]) == ("failed", 137, 2000)
    assert "SIGKILL" in run["error"]


def test_what_the_program_starts_does_not_join_its_run(real, terminal):
    terminal.write(
        "train.py",
        "import os, sweepdeck as wandb\nwandb.init()\nassert 'SWEEPDECK_RUN_ID' not in os.environ\n"
        "wandb.log({'loss': 1})\nwandb.finish()\nassert wandb.init().sweep_id is None\n",
    )
    sweep_id = terminal.register(real)
    terminal.run("agent", sweep_id, "--count", "1")
    assert [run["state"] for run in _runs(real, sweep_id)] == ["finished"]


def test_a_stop_is_left_to_the_agent_as_long_as_it_lives():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for pid, is_interrupted in ((os.getpid(), False), (ended.pid, True), (None, True)):
        interrupter = AgentsInterrupter(pid)
        interrupter.arm()
        was_interrupted = False
        try:
            interrupter.stop()
        except KeyboardInterrupt:
            was_interrupted = True
        finally:
            interrupter.disarm()
        assert was_interrupted is is_interrupted, pid
