"""How long an agent waits for its next configuration, over HTTP, in a sweep that has thousands of runs.

    python benchmarks/ask.py                       # all methods, 5,000 finished runs, 16 agents
    python benchmarks/ask.py --methods bayes --think 2   # runs so short that it has to keep up

Starts the real server. Each agent asks, "trains" for about `--think` seconds (half to one and a half times that, so
that agents do not march in step), reports its result, and asks again. An answer may be "wait a moment": the table gives
the time of each answer, and the time until the agent has a configuration.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

sys.path.insert(0, str(Path(__file__).resolve().parent))

from server import ROOT, Server, running_server

METHODS = ("random", "grid", "qmc", "bayes", "tpe", "cmaes")
REAL = {
    "x": {"min": -5.0, "max": 10.0},
    "y": {"min": 0.0, "max": 15.0},
    "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1.0},
    "width": {"min": 8, "max": 512},
}
GRID = {"x": {"values": list(range(100))}, "y": {"values": list(range(100))}}


@dataclass
class Times:
    """Seconds of each answer, and from the first question to a configuration."""

    answers: list[float] = field(default_factory=list)
    configurations: list[float] = field(default_factory=list)
    waits: int = 0


class Client:
    """Requests of one agent on one connection."""

    def __init__(self, server: Server) -> None:
        self._pool = urllib3.PoolManager(maxsize=1)
        self._base = f"{server.url}/api/v1"
        self._headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send and return the answer; raises for an error."""
        answer = self._pool.request("POST", self._base + path, body=json.dumps(body), headers=self._headers)
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status} {answer.data[:300]!r}")
        found: dict[str, Any] = answer.json()
        return found


def sweep_with_runs(server: Server, method: str, runs: int) -> str:
    """Make a sweep that has `runs` finished runs already; returns its id."""
    config = {
        "method": method,
        "metric": {"name": "loss"},
        "parameters": GRID if method == "grid" else REAL,
        "seed": 1,
    }
    sweep = Client(server).post("/sweeps", {"config": config, "project": "ask"})
    env = {**os.environ, "SWEEPDECK_DATA_DIR": str(server.data)}
    fill = [sys.executable, str(ROOT / "benchmarks" / "fill_sweep.py"), sweep["sweep_id"], str(runs)]
    subprocess.run(fill, env=env, cwd=ROOT, check=True)
    return str(sweep["sweep_id"])


def work(server: Server, sweep_id: str, number: int, seconds: float, think: float, times: Times, go: threading.Event):
    """Be one agent for `seconds`."""
    client = Client(server)
    agent = f"bench{sweep_id}{number:04d}"
    client.post(f"/sweeps/{sweep_id}/agents", {"agent_id": agent, "host": "bench"})
    go.wait()
    clock = random.Random(number)
    time.sleep(clock.uniform(0, think))
    end = time.monotonic() + seconds
    asked = 0
    while time.monotonic() < end:
        asked += 1
        began = time.perf_counter()
        while True:
            sent = time.perf_counter()
            answer = client.post(f"/agents/{agent}/next", {"request_id": f"r{asked}"})
            times.answers.append(time.perf_counter() - sent)
            if answer["command"] == "run":
                break
            times.waits += 1
            time.sleep(answer["retry_after"])
        times.configurations.append(time.perf_counter() - began)
        run = answer["run"]
        time.sleep(think * clock.uniform(0.5, 1.5))
        path = f"/runs/{run['entity']}/{run['project']}/{run['run_id']}"
        client.post(f"{path}/finish", {"exit_code": 0, "summary": {"loss": abs(float(run["config"]["x"]))}})


def measure(server: Server, method: str, options: argparse.Namespace) -> Times:
    """Let the agents work on a filled sweep."""
    sweep_id = sweep_with_runs(server, method, options.runs)
    times, go = Times(), threading.Event()
    with ThreadPoolExecutor(options.agents) as pool:
        jobs = [
            pool.submit(work, server, sweep_id, i, options.seconds, options.think, times, go)
            for i in range(options.agents)
        ]
        time.sleep(options.warm_up)
        go.set()
        for job in jobs:
            job.result()
    return times


def row(method: str, times: Times) -> str:
    """Return a line of the table, in milliseconds."""
    cuts = [
        [1000 * cut for cut in (statistics.median(found), statistics.quantiles(found, n=100)[98])]
        for found in (times.answers, times.configurations)
    ]
    figures = " | ".join(f"{median:.1f} / {p99:.1f}" for median, p99 in cuts)
    return f"| {method} | {figures} | {len(times.configurations)} | {times.waits} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--agents", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--think", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=10.0)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {vars(options)}")
    print("| method | an answer, ms p50 / p99 | a configuration, ms p50 / p99 | handed out | waits |")
    print("|---|---|---|---|---|")
    with running_server() as server:
        for method in options.methods:
            print(row(method, measure(server, method, options)), flush=True)


if __name__ == "__main__":
    main()
