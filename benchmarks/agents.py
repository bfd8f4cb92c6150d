"""How agents fare: one that is quick, a thousand that are slow, and how soon a stop reaches a run.

    python -m benchmarks.agents                                # embedded defaults
    SWEEPDECK_DATABASE_URL=postgres://... SWEEPDECK_BROKER_URL=redis://... python -m benchmarks.agents --web 2

- *quick*: one agent of the SDK in one process does trivial runs (log one value), and the quickstart's ten runs.
- *many*: `--agents` simulated agents, each with two connections, ask for a run, keep a question open that a stop would
  answer, report after about `--think` seconds, and ask again. The table gives the times of the answers: to questions
  for work, to the first heartbeat, to the report.
- *stop*: meanwhile runs are stopped by REST; the time until their agents have heard of it.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.server import ROOT, Server, running_server

TRIVIAL = """
import sys, time
import sweepdeck as wandb
config = {"method": "random", "metric": {"name": "score"}, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
sweep_id = wandb.sweep(config, project="quick")
def main():
    wandb.init()
    wandb.log({"score": wandb.config.x})
began = time.perf_counter()
wandb.agent(sweep_id, function=main, count=int(sys.argv[1]))
print(time.perf_counter() - began)
"""
CONFIG = {"method": "random", "metric": {"name": "loss"}, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
HOLD = 25.0


class Connection:
    """One kept connection of a simulated agent: HTTP/1.1 without a library, which would cost more than the server."""

    def __init__(self, server: Server) -> None:
        self._host, self._port = server.url.removeprefix("http://").split(":")
        self._head = f"Host: {self._host}\r\nAuthorization: Bearer {server.key}\r\nContent-Type: application/json\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: dict[str, Any], attempt: int = 0) -> dict[str, Any]:
        """Send, again where the server has just closed an idle connection, and return the answer.

        Raises `RuntimeError` for an error.
        """
        try:
            return await self._post(path, body, attempt)
        except (ConnectionError, asyncio.IncompleteReadError):
            self._streams = None
            return await self._post(path, body, attempt)

    async def _post(self, path: str, body: dict[str, Any], attempt: int) -> dict[str, Any]:
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection(self._host, int(self._port))
        reader, writer = self._streams
        content = json.dumps(body).encode()
        extra = f"Sweepdeck-Attempt: {attempt}\r\n" if attempt else ""
        writer.write(
            f"POST /api/v1{path} HTTP/1.1\r\n{self._head}{extra}Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        answer: dict[str, Any] = json.loads(await reader.readexactly(length))
        status = int(head.split(" ")[1])
        if status >= 400:
            raise RuntimeError(f"{path}: {status} {answer}")
        return answer


class Agents:
    """Simulated agents, and the seconds of each kind of answer."""

    def __init__(self, server: Server, think: float, seconds: float) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.running: dict[str, float] = {}
        self._server, self._think, self._end = server, think, time.monotonic() + seconds

    async def work(self, sweep_id: str, number: int) -> None:
        """Be one agent."""
        clock, talk, listen = random.Random(number), Connection(self._server), Connection(self._server)
        agent = f"bench{number:06d}"
        await asyncio.sleep(clock.uniform(0, self._think))
        await talk.post(f"/sweeps/{sweep_id}/agents", {"agent_id": agent, "host": f"node-{number % 100}"})
        asked = 0
        while time.monotonic() < self._end:
            asked += 1
            question = {"request_id": f"r{asked}", "wait": 20.0, "start": {"host": "bench"}}
            answer = await self._timed("ask", talk.post(f"/agents/{agent}/next", question))
            if answer["command"] == "run":
                await self._run(answer["run"], clock.uniform(0.5, 1.5) * self._think, talk, listen)

    async def _run(self, run: dict[str, Any], seconds: float, talk: Connection, listen: Connection) -> None:
        place, attempt = f"/runs/{run['entity']}/{run['project']}/{run['run_id']}", run["attempt"]
        await self._timed("heartbeat", talk.post(f"{place}/heartbeat", {}, attempt))
        self.running[place] = 0.0
        listening = asyncio.create_task(self._listen(place, attempt, listen))
        await asyncio.wait([listening], timeout=seconds)
        self.running.pop(place, None)
        finish = {"exit_code": 0 if not listening.done() else 255}
        rows = [{"loss": run["config"]["x"], "_step": 0}]
        batch = {"offset": 0, "rows": rows, "finish": finish}
        await self._timed("report", talk.post(f"{place}/history", batch, attempt))
        # The end of its run lets the question go, and frees the connection.
        await listening

    async def _listen(self, place: str, attempt: int, connection: Connection) -> None:
        while place in self.running:
            answer = await connection.post(f"{place}/heartbeat", {"wait": HOLD}, attempt)
            if answer["stop"]:
                asked_at = self.running.get(place)
                if asked_at:
                    self.times["stop"].append(time.perf_counter() - asked_at)
                return

    async def stop_some(self) -> None:
        """Stop a run each half second, until the end."""
        connection, clock = Connection(self._server), random.Random(0)
        while time.monotonic() < self._end:
            await asyncio.sleep(0.5)
            listening = [place for place, asked_at in self.running.items() if not asked_at]
            if listening:
                place = clock.choice(listening)
                self.running[place] = time.perf_counter()
                await connection.post(f"{place}/stop", {})

    async def _timed(self, kind: str, answer: Any) -> Any:
        began = time.perf_counter()
        found = await answer
        self.times[kind].append(time.perf_counter() - began)
        return found


async def many(server: Server, options: argparse.Namespace) -> dict[str, list[float]]:
    """Let all agents work, and return the seconds of their answers."""
    sweep = await Connection(server).post("/sweeps", {"config": CONFIG, "project": "many"})
    agents = Agents(server, options.think, options.seconds)
    work = [agents.work(sweep["sweep_id"], number) for number in range(options.agents)]
    await asyncio.gather(agents.stop_some(), *work)
    return agents.times


def quick(server: Server, runs: int) -> float:
    """Return the seconds that one agent of the SDK takes for so many trivial runs, from `agent()` to its return."""
    with tempfile.TemporaryDirectory(prefix="sweepdeck-bench-") as spool:
        told = {"SWEEPDECK_BASE_URL": server.url, "SWEEPDECK_API_KEY": server.key, "SWEEPDECK_SILENT": "true"}
        env = {**os.environ, **told, "SWEEPDECK_SPOOL_DIR": spool}
        command = [sys.executable, "-c", TRIVIAL, str(runs)]
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


@contextmanager
def served(web: int) -> Iterator[Server]:
    """Start a server, with `web` web processes behind one socket."""
    with running_server() as server:
        if web == 1:
            yield server
            return
        with more_web(server, web) as several:
            yield several


@contextmanager
def more_web(server: Server, count: int) -> Iterator[Server]:
    """Have `count` web processes on another socket, beside the worker and the beat of a running server."""
    import socket

    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    env = {**os.environ, "SWEEPDECK_DATA_DIR": str(server.data)}
    command = [sys.executable, "-m", "sweeps_app.supervisor.web", str(listener.fileno())]
    web = [subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=(listener.fileno(),)) for _ in range(count)]
    try:
        yield Server(f"http://127.0.0.1:{listener.getsockname()[1]}", server.key, server.data, server.pid)
    finally:
        for process in web:
            process.terminate()
            process.wait()
        listener.close()


def row(kind: str, times: list[float]) -> str:
    """Return a line of the table, in milliseconds."""
    if len(times) < 2:
        return f"| {kind} | {len(times)} | | | |"
    p99 = statistics.quantiles(times, n=100)[98]
    figures = " | ".join(f"{1000 * found:.0f}" for found in (statistics.median(times), p99, max(times)))
    return f"| {kind} | {len(times)} | {figures} |"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--think", type=float, default=60.0, help="seconds of a run, on average")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--web", type=int, default=1, help="web processes")
    parser.add_argument("--runs", type=int, default=300, help="trivial runs of the quick agent")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {load}; {vars(options)}")
    with served(options.web) as server:
        quick(server, 10)
        print(f"ten runs: {quick(server, 10):.2f} s")
        print(f"one agent: {options.runs / quick(server, options.runs):.0f} trivial runs a second", flush=True)
        times = asyncio.run(many(server, options))
        print("| answer | count | p50, ms | p99, ms | worst, ms |\n|---|---|---|---|---|")
        for kind in ("ask", "heartbeat", "report", "stop"):
            print(row(kind, times[kind]), flush=True)


if __name__ == "__main__":
    main()
