"""Start a peer of `benchmarks/search.py` in its own environment, and play a problem with it."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import Any

import numpy as np

from benchmarks.search_problems import Problem

PEERS = Path(__file__).parent / "search_peers"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Row:
    """A row of the table: a driver with its argument, and the packages that its environment needs (none: ours)."""

    name: str
    driver: str
    argument: str
    requirements: tuple[str, ...] = ()

    @property
    def environment(self) -> str:
        """The name of its environment: rows with the same packages share one."""
        return "-".join(requirement.partition("=")[0] for requirement in self.requirements)


class TooSlow(Exception):
    """An answer took longer than it may."""


class Session:
    """A running driver. Answers may take `limit` seconds."""

    def __init__(self, process: "subprocess.Popen[str]", limit: float) -> None:
        self._process = process
        self._limit = limit

    def say(self, op: str, **fields: Any) -> dict[str, Any]:
        """Send a message and return the answer. Raises `TooSlow`, and `RuntimeError` where the driver has died."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **fields}) + "\n")
        self._process.stdin.flush()
        ready, _, _ = select([self._process.stdout], [], [], self._limit)
        if not ready:
            raise TooSlow
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the driver ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def prepare(row: Row, folder: Path) -> Path:
    """Return the Python of a row's environment, made in `folder` if it is not there yet."""
    if not row.requirements:
        return Path(sys.executable)
    home = folder / row.environment
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        print(f"making the environment {row.environment} ...", file=sys.stderr, flush=True)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *row.requirements], check=True)
        (home / "ready").touch()
    return python


@contextmanager
def session(row: Row, python: Path, limit: float) -> Iterator[Session]:
    """Give a driver that runs for the length of the block, with one thread for linear algebra."""
    command = [str(python), str(PEERS / row.driver), row.argument]
    environment = os.environ | dict.fromkeys(THREADS, "1")
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
    ) as process:
        try:
            yield Session(process, limit)
        finally:
            process.kill()


def play(peer: Session, problem: Problem, seed: int, trials: int) -> float:
    """Return the simple regret after `trials` runs: of the config with the smallest value that its run reported."""
    noise = np.random.default_rng(seed)
    peer.say("begin", config=problem.config, seed=seed)
    best, regret = np.inf, np.inf
    for _ in range(trials):
        config = peer.say("ask")["config"]
        if config is None:
            break
        value = problem.value(config)
        reported = value + problem.noise * noise.normal()
        peer.say("tell", value=reported)
        if reported < best:
            best, regret = reported, value - problem.optimum
    return float(regret)


def ask_seconds(peer: Session, problem: Problem, runs: list[tuple[Mapping[str, Any], float]], asks: int) -> list[float]:
    """Return how long each of `asks` took in the driver, with so many finished runs and those asked for since."""
    peer.say("begin", config=problem.config, seed=0)
    peer.say("load", trials=runs)
    seconds = []
    for _ in range(asks):
        answer = peer.say("ask")
        seconds.append(float(answer["seconds"]))
        peer.say("tell", value=problem.value(answer["config"]))
    return seconds
