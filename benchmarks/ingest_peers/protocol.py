"""What `benchmarks/ingest.py` and the clients of each tracker say to each other.

A client is started as `python CLIENT.py JOB COUNT [ADDRESS]`, prints "ready" once it could begin, waits for a line on
its standard input, works, and prints its figures as one JSON object. Jobs: `log` logs COUNT steps of five metrics of
noise, one call a step, until the tracker has them for good; `batches` sends COUNT rows, 1,000 at a time, by what the
tracker offers for that; `runs` makes COUNT runs of one step each. It needs the standard library only, and runs in the
peers' own environments.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from typing import Protocol

METRICS = ("loss", "accuracy", "precision", "recall", "rate")
BATCH = 1_000


class Tracker(Protocol):
    """The client of some tracker."""

    def begin(self) -> None:
        """Start a run."""

    def log(self, values: dict[str, float], step: int, /) -> None:
        """Log one step of the run."""

    def log_batch(self, rows: list[dict[str, float]], first_step: int, /) -> None:
        """Log many steps at once."""

    def end(self) -> None:
        """Finish the run, and wait until all of it is where it will stay."""


def rows_of_noise(count: int) -> list[dict[str, float]]:
    """Return rows that no compression helps with."""
    noise = random.Random(1)
    return [{name: noise.gauss(0, 1) for name in METRICS} for _ in range(count)]


def work(make: Callable[[str], Tracker]) -> None:
    """Do the job that the command line names."""
    job, count, address = sys.argv[1], int(sys.argv[2]), (sys.argv[3] if len(sys.argv) > 3 else "")
    answers, sys.stdout = sys.stdout, sys.stderr
    tracker = make(address)
    rows = rows_of_noise(min(count, 50_000))
    print("ready", file=answers, flush=True)
    sys.stdin.readline()
    calls: list[float] = []
    began = time.perf_counter()
    {"log": _log, "batches": _batches, "runs": _runs}[job](tracker, rows, count, calls)
    seconds = time.perf_counter() - began
    calls.sort()
    figures = {"seconds": seconds}
    if calls:
        figures |= {"p50": calls[len(calls) // 2], "p99": calls[int(len(calls) * 0.99)]}
    print(json.dumps(figures), file=answers, flush=True)


def _log(tracker: Tracker, rows: list[dict[str, float]], count: int, calls: list[float]) -> None:
    tracker.begin()
    clock = time.perf_counter
    for step in range(count):
        before = clock()
        tracker.log(rows[step % len(rows)], step)
        calls.append(clock() - before)
    tracker.end()


def _batches(tracker: Tracker, rows: list[dict[str, float]], count: int, _: list[float]) -> None:
    tracker.begin()
    for first in range(0, count, BATCH):
        place = first % len(rows)
        tracker.log_batch(rows[place : place + BATCH], first)
    tracker.end()


def _runs(tracker: Tracker, rows: list[dict[str, float]], count: int, _: list[float]) -> None:
    for _number in range(count):
        tracker.begin()
        tracker.log(rows[0], 0)
        tracker.end()
