"""A grid that agents work through while everything that takes part is killed (kill -9) at random moments.

Two web servers take requests from one socket, as behind a balancer; a Celery worker and the beat look after what is
lost; agents are processes of the SDK, each of which is replaced when it was killed, and jobs of the worker, which are
not. The message broker is killed, too:
the embedded one by taking away all of its messages, Redis by killing a server of this test's own. `check` compares
what is stored with the grid: each point once, with exactly what its last attempt has logged.
"""

import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

from sweepdeck._api import Client
from sweepdeck._errors import CommError
from sweeps_app.supervisor.guard import guarded
from tests.processes.alive import wait_for
from tests.processes.server import bare_environment
from tests.sdk.script import ROOT

# Half of the runs that a killed agent leaves are young: a lease of seconds keeps the test short.
LEASE_SECONDS = 6
ROWS = 3
# What an agent does under each configuration: a few rows, some time between them, now and then a failure.
AGENT = """
import os, random, time
import sweepdeck as wandb
os.environ["SWEEPDECK_AGENT_DISABLE_FLAPPING"] = "true"
rng = random.Random()
def main():
    run = wandb.init()
    for step in range(int(os.environ["CHAOS_ROWS"])):
        wandb.log({"loss": run.config.x * 1000 + run.config.y + step, "attempt": run.attempt})
        time.sleep(rng.uniform(0.0, float(os.environ["CHAOS_PAUSE"])))
    if rng.random() < 0.02:
        raise RuntimeError("bad luck")
wandb.agent(os.environ["SWEEPDECK_SWEEP_ID"], function=main)
"""


class Chaos:
    """An installation in `folder`, `agents` agents and `jobs` jobs of one sweep over `points` points, and their killer.

    With `redis` the broker is a Redis server of its own.
    """

    def __init__(self, folder, database, *, agents, jobs, points, seed, redis=False, pause=0.1):
        self._random, self._pause = random.Random(seed), pause
        self._folder, self._redis = folder, _free_port() if redis else None
        self._environment = bare_environment(
            SWEEPDECK_DATA_DIR=str(folder),
            SWEEPDECK_DATABASE_URL=database,
            SWEEPDECK_BROKER_URL=f"redis://127.0.0.1:{self._redis}/0" if redis else "",
            SWEEPDECK_RUN_TIMEOUT=str(LEASE_SECONDS),
            SWEEPDECK_PROGRAM_ROOTS=str(folder.parent / "programs"),
            SWEEPDECK_WORKER_SLOTS=str(jobs),
            DJANGO_SETTINGS_MODULE="sweeps_app.config.settings",
        )
        folder.mkdir()
        self._log = (folder.parent / "chaos.log").open("a")
        self._processes, self._agents = {}, []
        self.sweep_id, self.kills = "", 0
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._start("broker")
        prepare = [sys.executable, "manage.py", "prepare", "--no-demo"]
        subprocess.run(prepare, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, check=True)
        key = (folder / "api_key").read_text().strip()
        self._client = Client(f"http://127.0.0.1:{self._socket.getsockname()[1]}", key)
        self._script = folder.parent / "programs" / "agent.py"
        self._script.parent.mkdir()
        self._script.write_text(AGENT)
        self._told = {"CHAOS_ROWS": str(ROWS), "CHAOS_PAUSE": str(pause)}
        self._agent_environment = bare_environment(
            SWEEPDECK_BASE_URL=self._client.base_url,
            SWEEPDECK_API_KEY=key,
            SWEEPDECK_SPOOL_DIR=str(folder.parent / "spool"),
            SWEEPDECK_SYSTEM_SECONDS="0",
            SWEEPDECK_CONSOLE="off",
            PYTHONPATH=str(ROOT),
            **self._told,
        )
        self._points, self._agent_count, self._jobs = points, agents, jobs

    @contextmanager
    def running(self):
        """Have everything run, with the sweep registered and all agents at work."""
        try:
            for name in ("web 1", "web 2", "worker", "beat"):
                self._start(name)
            wait_for(lambda: self._ask("GET", "/me"))
            sweep = self._client.call("POST", "/sweeps", {"config": self._config(), "project": "chaos"})
            self.sweep_id = sweep["sweep_id"]
            for _ in range(self._agent_count):
                self._agents.append(self._new_agent())
            self._launch_jobs(sweep)
            yield
        finally:
            for process in [*self._agents, *filter(None, self._processes.values())]:
                process.kill()
                process.wait()
            self._socket.close()
            self._log.close()

    def kill_until_finished(self, *, every, seconds, limit=None):
        """Kill something about `every` seconds, at most `limit` times, until the sweep has finished."""
        deadline, state = time.monotonic() + seconds, ""
        while state != "FINISHED":
            assert time.monotonic() < deadline, f"the sweep is {state} after {seconds} s: {self.counts()}"
            time.sleep(self._random.uniform(0, 2 * every))
            if limit is None or self.kills < limit:
                self._kill_something()
            self._agents = [agent if agent.poll() is None else self._new_agent() for agent in self._agents]
            state = (self._ask("GET", f"/sweeps/{self.sweep_id}") or {"state": state})["state"]

    def _launch_jobs(self, sweep):
        program = {
            "name": "agent",
            "kind": "folder",
            "source": str(self._script.parent),
            "entry": "script",
            "script": self._script.name,
            "environment": self._told,
        }
        self._client.call("POST", f"/projects/{sweep['entity']}/{sweep['project']}/programs", program)
        wanted = {"request_id": "chaos", "program": "agent", "agents": self._jobs}
        self._client.call("POST", f"/sweeps/{self.sweep_id}/jobs/launch", wanted)

    def counts(self):
        """Return how many runs there are in each state."""
        found = {}
        for run in self._runs():
            found[run["state"]] = found.get(run["state"], 0) + 1
        return found

    def check(self):
        """Compare what is stored with the grid; return how many runs needed more than one attempt."""
        # A job runs again or says that it is lost; with the sweep, its agent has nothing more to do.
        wait_for(lambda: not {"queued", "running"} & {job["state"] for job in self._list("jobs")}, seconds=120)
        runs = self._runs()
        points = [(run["config"]["x"], run["config"]["y"]) for run in runs]
        assert len(set(points)) == len(points) == self._points, "a point is missing or there twice"
        assert {run["state"] for run in runs} == {"finished"}, self.counts()
        for run in runs:
            self._check_rows(run)
        return sum(run["attempt"] > 1 for run in runs)

    def _check_rows(self, run):
        place = f"/runs/{run['entity']}/{run['project']}/{run['run_id']}"
        rows = self._client.call("GET", f"{place}/history")["rows"]
        base = run["config"]["x"] * 1000 + run["config"]["y"]
        logged = [(row["_step"], row["loss"], row["attempt"]) for row in rows]
        assert logged == [(step, base + step, run["attempt"]) for step in range(ROWS)], (run["run_id"], logged)
        attempts = self._client.call("GET", f"{place}/attempts")["results"]
        assert [attempt["number"] for attempt in attempts] == list(range(1, run["attempt"])), run["run_id"]

    def _runs(self):
        return self._list("runs", "&sort=created_at")

    def _list(self, name, query=""):
        found, page, pages = [], 1, 1
        while page <= pages:
            place = f"/sweeps/{self.sweep_id}/{name}?page={page}&page_size=500{query}"
            answer = self._client.call("GET", place)
            found, page, pages = found + answer["results"], page + 1, answer["pages"]
        return found

    def _config(self):
        width = 20
        assert self._points % width == 0
        return {
            "method": "grid",
            "metric": {"name": "loss"},
            "parameters": {
                "x": {"values": list(range(self._points // width))},
                "y": {"values": list(range(width))},
            },
            # A configuration is given up after so many bad ends, which a grid of hundreds of kills may come to.
            "retry": {"attempts": 100, "exit_codes": "any"},
        }

    def _ask(self, method, path):
        try:
            return self._client.send(method, path)
        except CommError:
            return None

    def _kill_something(self):
        """Kill an agent, most of the time, or one of the processes of the server."""
        self.kills += 1
        if self._random.random() < 0.7:
            victim = self._random.choice(self._agents)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            return
        name = self._random.choice(list(self._processes))
        process = self._processes[name]
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self._start(name)

    def _start(self, name):
        if name == "broker" and self._redis is None:
            for folder in ("broker", "broker-control"):
                shutil.rmtree(self._folder / folder, ignore_errors=True)
                (self._folder / folder).mkdir(exist_ok=True)
            self._processes[name] = None
            return
        number = self._socket.fileno()
        commands = {
            "broker": ["redis-server", "--bind", "127.0.0.1", "--port", str(self._redis), "--save", ""],
            "web 1": [sys.executable, "-m", "sweeps_app.supervisor.web", str(number)],
            "web 2": [sys.executable, "-m", "sweeps_app.supervisor.web", str(number)],
            "worker": _celery("celery", "worker", "--without-gossip", "--without-mingle"),
            "beat": _celery("beat", "beat", "--pidfile=", "--schedule", str(self._folder / f"beat-{self.kills}")),
        }
        self._processes[name] = subprocess.Popen(
            guarded(commands[name], signal.SIGKILL),
            cwd=ROOT,
            env=self._environment,
            pass_fds=(number,) if name.startswith("web") else (),
            stdout=self._log,
            stderr=self._log,
        )
        if name == "broker":
            wait_for(lambda: _listens(self._redis))

    def _new_agent(self):
        return subprocess.Popen(
            guarded([sys.executable, str(self._script)], signal.SIGKILL),
            cwd=self._folder.parent,
            env=self._agent_environment | {"SWEEPDECK_SWEEP_ID": self.sweep_id},
            stdout=self._log,
            stderr=self._log,
        )


def chaos_through_a_grid(folder, database, *, every, seconds, limit=None, **options):
    """Work through a grid in chaos, compare, and return (kills, runs that needed several attempts)."""
    chaos = Chaos(folder, database, **options)
    with chaos.running():
        chaos.kill_until_finished(every=every, seconds=seconds, limit=limit)
        # Whatever was killed last is back before the comparison.
        wait_for(lambda: chaos._ask("GET", "/me"))
        return chaos.kills, chaos.check()


def _celery(app, *arguments):
    return [sys.executable, "-m", "celery", "-A", f"sweeps_app.config.{app}", "--skip-checks", *arguments]


def _listens(port):
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
