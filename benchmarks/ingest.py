"""How fast metrics come in, what they take on disk, and what else answers meanwhile, beside MLflow and trackio.

    make bench                                     # everything, about ten minutes on two cores
    python -m benchmarks.ingest --only sweepdeck   # ours alone, two minutes

Every tracker runs with its defaults on one machine: Sweepdeck as `make run` starts it, MLflow's server on SQLite,
trackio in its local files. Peers are installed into environments of their own in `--folder`. Five metrics of noise a
step; each figure is the median of `--times`. A client is done when its tracker has everything for good: `finish()` has
returned.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

sys.path.insert(0, str(Path(__file__).resolve().parent))

from benchmarks.peers import environment_of, peer_server
from benchmarks.server import Server, running_server

CLIENTS = Path(__file__).parent / "ingest_peers"
METRICS = 5
MANY = 8
MERGE_SECONDS = 60


@dataclass
class Tracker:
    """A tracker that runs: how its clients are started, and where its files are."""

    python: Path
    client: str
    address: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    files: Path | None = None
    server: Server | None = None


@dataclass(frozen=True)
class Amounts:
    """How much of each job a tracker is given, so that none takes longer than some tens of seconds."""

    steps: int
    batch_rows: int
    many_steps: int
    many_runs: int


def own_tracker() -> AbstractContextManager[Tracker]:
    """Return Sweepdeck's server."""

    @contextmanager
    def running() -> Iterator[Tracker]:
        with running_server() as server, tempfile.TemporaryDirectory() as spool:
            environment = {"SWEEPDECK_API_KEY": server.key, "SWEEPDECK_SPOOL_DIR": spool}
            python = Path(sys.executable)
            yield Tracker(python, "sweepdeck_client.py", server.url, environment, server.data, server)

    return running()


def mlflow_tracker(python: Path) -> AbstractContextManager[Tracker]:
    """Return MLflow's server on SQLite."""

    @contextmanager
    def running() -> Iterator[Tracker]:
        with tempfile.TemporaryDirectory() as folder:
            store = [
                "--backend-store-uri",
                f"sqlite:///{folder}/mlflow.db",
                "--artifacts-destination",
                f"{folder}/files",
            ]
            with peer_server([str(python.parent / "mlflow"), "server", *store], "/health") as url:
                yield Tracker(python, "mlflow_client.py", url, files=Path(folder))

    return running()


def trackio_tracker(python: Path) -> AbstractContextManager[Tracker]:
    """Return trackio's folder."""

    @contextmanager
    def running() -> Iterator[Tracker]:
        with tempfile.TemporaryDirectory() as folder:
            environment = {"TRACKIO_DIR": folder, "HF_HUB_OFFLINE": "1"}
            yield Tracker(python, "trackio_client.py", "", environment, Path(folder))

    return running()


def work(tracker: Tracker, job: str, count: int, clients: int = 1) -> tuple[float, list[dict[str, float]]]:
    """Have clients do a job at the same time; return the seconds until all are done, and the figures of each."""
    command = [str(tracker.python), str(CLIENTS / tracker.client), job, str(count), tracker.address]
    environment = {**os.environ, **tracker.environment}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(command, env=environment, text=True, **pipes) for _ in range(clients)]
    for client in running:
        if client.stdout is None or client.stdout.readline() != "ready\n":
            raise RuntimeError(f"{tracker.client} could not begin {job}")
    began = time.perf_counter()
    for client in running:
        assert client.stdin is not None
        client.stdin.write("\n")
        client.stdin.flush()
    figures = [json.loads(client.stdout.readline()) for client in running if client.stdout is not None]
    seconds = time.perf_counter() - began
    for client in running:
        client.communicate()
    return seconds, figures


def measure(tracker: Tracker, amounts: Amounts) -> dict[str, float]:
    """Return all figures of a tracker, by the names of the table's columns."""
    work(tracker, "log", 200)  # what is slow the first time
    size = _size(tracker)
    seconds, (client,) = work(tracker, "log", amounts.steps)
    found = {
        "one client, points/s": amounts.steps * METRICS / seconds,
        "a log call, p50 µs": client["p50"] * 1e6,
        "p99 µs": client["p99"] * 1e6,
    }
    seconds, _ = work(tracker, "batches", amounts.batch_rows)
    found["batches, points/s"] = amounts.batch_rows * METRICS / seconds
    rows = amounts.steps + amounts.batch_rows
    with Watched(tracker.server) as watched:
        seconds, _ = work(tracker, "log", amounts.many_steps, MANY)
    found[f"{MANY} clients, points/s"] = MANY * amounts.many_steps * METRICS / seconds
    found |= watched.figures
    rows += MANY * amounts.many_steps
    found["MB a million points"] = (_settled_size(tracker) - size) / (rows * METRICS)
    seconds, _ = work(tracker, "runs", amounts.many_runs, MANY)
    found["runs/s"] = MANY * amounts.many_runs / seconds
    return found


class Watched:
    """What the web server takes, and how long a page takes, while clients log."""

    def __init__(self, server: Server | None) -> None:
        self.figures: dict[str, float] = {}
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watched":
        if self._server is not None:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._server is not None:
            self._thread.join()

    def _watch(self) -> None:
        assert self._server is not None
        pool, memory, pages = urllib3.PoolManager(), [], []
        login = self._server.data / "credentials"
        cookie = _signed_in(pool, self._server.url, login.read_text())
        while not self._over.wait(0.2):
            began = time.perf_counter()
            answer = pool.request("GET", f"{self._server.url}/owner/bench", headers={"Cookie": cookie}, redirect=False)
            pages.append(time.perf_counter() - began)
            assert answer.status == 200, answer.status
            memory.append(_pss(_web_pid(self._server)))
        self.figures = {"web MB": max(memory) / 1e6, "page p50 ms": statistics.median(pages) * 1e3}
        self.figures["page max ms"] = max(pages) * 1e3


def _signed_in(pool: urllib3.PoolManager, url: str, credentials: str) -> str:
    password = credentials.split("password: ")[1].split()[0]
    page = pool.request("GET", f"{url}/login")
    token = page.headers["Set-Cookie"].split("csrftoken=")[1].split(";")[0]
    fields = {"username": "owner", "password": password, "csrfmiddlewaretoken": token}
    headers = {"Cookie": f"csrftoken={token}", "Referer": url}
    answer = pool.request("POST", f"{url}/login", fields=fields, headers=headers, redirect=False)
    return "sessionid=" + answer.headers["Set-Cookie"].split("sessionid=")[1].split(";")[0]


def _web_pid(server: Server) -> int:
    mark = os.fsencode(server.data)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            if b"supervisor.web" in command and b"guard.py" not in command and mark in (entry / "environ").read_bytes():
                return int(entry.name)
        except OSError:
            continue
    raise RuntimeError("the web process is gone")


def _pss(pid: int) -> int:
    """Return the bytes of memory that a process takes, what it shares divided among those that share it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _size(tracker: Tracker) -> int:
    if tracker.files is None:
        return 0
    return sum(path.stat().st_size for path in tracker.files.rglob("*") if path.is_file())


def _settled_size(tracker: Tracker) -> int:
    """Return the size once it changes no more: chunks are merged, and space is given back, by a worker."""
    if tracker.server is None:
        return _size(tracker)
    time.sleep(MERGE_SECONDS)
    return _size(tracker) - (tracker.server.data / "sweepdeck.sqlite3-wal").stat().st_size


def table(figures: dict[str, dict[str, float]]) -> str:
    """Return the figures as a table of Markdown, a tracker a row."""
    columns = list(dict.fromkeys(name for row in figures.values() for name in row))
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in figures.items():
        lines.append("| " + " | ".join([name, *(_shown(row.get(column)) for column in columns)]) + " |")
    return "\n".join(lines)


def _shown(figure: float | None) -> str:
    if figure is None:
        return ""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def medians(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="comma-separated: sweepdeck, mlflow, trackio")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the peers' environments are kept; else they are thrown away")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="sweepdeck-peers-"))
    trackers = {
        "sweepdeck": (lambda: own_tracker(), Amounts(200_000, 100_000, 30_000, 40)),
        "mlflow": (lambda: mlflow_tracker(environment_of(["mlflow==3.17.2"], folder)), Amounts(200, 4_000, 60, 10)),
        "trackio": (
            lambda: trackio_tracker(environment_of(["trackio==0.43.0"], folder)),
            Amounts(50_000, 50_000, 5_000, 4),
        ),
    }
    wanted = options.only.split(",") if options.only else list(trackers)
    figures, load = {}, os.getloadavg()[0]
    try:
        for name in wanted:
            make, amounts = trackers[name]
            rows = []
            for _ in range(options.times):
                with make() as tracker:
                    rows.append(measure(tracker, amounts))
            figures[name] = medians(rows)
            print(f"{name}: {figures[name]}", file=sys.stderr, flush=True)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" load before {load:.1f}, median of {options.times}"
    )
    print(table(figures))


if __name__ == "__main__":
    main()
