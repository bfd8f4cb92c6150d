"""Whether the importance of parameters is right, how sure its intervals are, and what it takes, beside its peers.

    python -m benchmarks.importance [times] [accuracy] [coverage] [--repeats 60]

`times` ranks 50 parameters of 10,000 runs. `accuracy` compares shares with those of functions that are known: 0 is
right, 1 is all wrong. `coverage` draws many sets of runs from each function, and counts how often intervals hold what
they should, and how often noise gets a ranking. Seconds are of the processor, and in brackets of the clock: on a busy
machine only the former can be compared.
"""

import argparse
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from benchmarks.importance_functions import FUNCTIONS, NOISE, Function
from benchmarks.importance_peers import fanova, plain_forest, sweepdeck
from sweeps_app.analysis.results import Importance
from sweeps_app.search.blas import use_one_thread

SIZES = (60, 300, 1_000)
MANY_RUNS, MANY_PARAMETERS = 10_000, "friedman of 50"
COVERED = ("additive", "bowl", "friedman", "categories", "conditional")
NOISE_SIZES = (30, 100, 300)
BAND_GRID = 5
PATIENCE = 300.0  # seconds of the processor


def times() -> None:
    """Print what ten thousand runs of fifty parameters take."""
    function = next(f for f in FUNCTIONS if f.name == MANY_PARAMETERS)
    _, configs, values = function.sample(np.random.default_rng(0), MANY_RUNS)
    print(f"{MANY_RUNS:,} runs, {function.width} parameters; load {os.getloadavg()[0]:.1f}")
    sweepdeck(configs[:50], function.axes(), values[:50])  # imports what it needs
    for name, rank in (("Sweepdeck", sweepdeck), ("plain forest", plain_forest), ("fANOVA", fanova)):
        began, spent = time.perf_counter(), time.process_time()
        try:
            with _limited():
                told = f"error {_error(function, _shares(rank(configs, function.axes(), values))):.3f}"
        except TimeoutError:
            told = "given up"
        spent, took = time.process_time() - spent, time.perf_counter() - began
        print(f"  {name:14} {spent:7.2f} s ({took:.2f} s)   {told}", flush=True)


def accuracy() -> None:
    """Print how far shares are from the known ones, and whether all that matters is ranked before all that does not."""
    print(f"\n{'error of shares (ranked rightly)':34}{'runs':>6}{'Sweepdeck':>14}{'plain forest':>16}{'fANOVA':>14}")
    for function in FUNCTIONS:
        for size in SIZES:
            _, configs, values = function.sample(np.random.default_rng(size), size)
            found = [_shares(rank(configs, function.axes(), values)) for rank in (sweepdeck, plain_forest, fanova)]
            cells = "".join(f"{_error(function, shares):9.3f} {_mark(function, shares):>5}" for shares in found)
            print(f"{function.name:34}{size:6}{cells}", flush=True)


def coverage(repeats: int) -> None:
    """Print how often intervals hold the mean over many sets of runs, and the truth, and what noise is taken for."""
    heads = f"{'share: mean':>11} {'truth':>6}  {'R2: mean':>8}  {'curve: mean':>11} {'truth':>6}"
    print(f"\n{'95 % intervals':16}{'runs':>6}  {heads}")
    for function in (f for f in FUNCTIONS if f.name in COVERED):
        for size in SIZES[:2]:
            found = [_ranked(function, size, seed) for seed in range(repeats)]
            print(f"{function.name:16}{size:6}  {_coverage(function, found)}", flush=True)
    for size in NOISE_SIZES:
        found = [_ranked(NOISE, size, seed) for seed in range(repeats)]
        ranked = sum(any(row.importance for row in one.rows) for one in found)
        bare = sum(one.warning is None for one in found)
        print(f"noise{size:17}  a ranking with a warning in {ranked} of {repeats}, without one in {bare}", flush=True)


@contextmanager
def _limited() -> Iterator[None]:
    """Raise `TimeoutError` when what is inside has used up its seconds of the processor."""

    def give_up(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _ranked(function: Function, size: int, seed: int) -> Importance:
    _, configs, values = function.sample(np.random.default_rng([size, seed]), size)
    return sweepdeck(configs, function.axes(), values)


def _coverage(function: Function, found: list[Importance]) -> str:
    matter = [i for i, share in enumerate(function.truth()) if share > 0.01]
    rows = [[next(r for r in one.rows if r.parameter == function.axes()[i].name) for i in matter] for one in found]
    shares = np.array([[(row.importance, row.low, row.high) for row in some] for some in rows])
    r2 = np.array([[(one.r2, one.r2_low, one.r2_high)] for one in found], dtype=np.float64)
    curve, truth = _curves(function, found)
    return (
        f"{_held(shares, shares[:, :, 0].mean(axis=0)):11.0%} {_held(shares, function.truth()[matter]):6.0%}  "
        f"{_held(r2, r2[:, :, 0].mean(axis=0)):8.0%}  {_held(curve, curve[:, :, 0].mean(axis=0)):11.0%} "
        f"{_held(curve, truth):6.0%}"
    )


def _curves(function: Function, found: list[Importance]) -> tuple[np.ndarray, np.ndarray]:
    """Return (mean, low, high) of the curve of the last number that matters at some values, and what is true there."""
    index = max(i for i, s in enumerate(function.truth()) if s > 0.01 and i not in function.categories)
    grid = np.linspace(0.1, 0.9, BAND_GRID)
    curves = [next((c for c in one.dependence if c.parameter == function.axes()[index].name), None) for one in found]
    drawn = np.array(
        [
            [[np.interp(x, curve.ticks, line) for line in (curve.means, curve.low, curve.high)] for x in grid]
            for curve in curves
            if curve is not None
        ]
    )
    points = function.draw(np.random.default_rng(2), 20_000, function.width)
    for child, parent in function.only_if:
        if child == index:
            points = points[points[:, parent] >= 0.5]
    truth = []
    for x in grid:
        points[:, index] = x
        truth.append(float(function.value(points).mean()))
    return drawn, np.array(truth)


def _held(intervals: np.ndarray, wanted: np.ndarray) -> float:
    """Return the share of intervals (value, low, high) that hold what they should."""
    return float(((intervals[..., 1] <= wanted) & (wanted <= intervals[..., 2])).mean())


def _shares(found: Importance | Mapping[str, float]) -> Mapping[str, float]:
    return {row.parameter: row.importance for row in found.rows} if isinstance(found, Importance) else found


def _error(function: Function, shares: Mapping[str, float]) -> float:
    found = np.array([shares.get(axis.name, 0.0) for axis in function.axes()])
    return float(np.abs(found - function.truth()).sum() / 2)


def _mark(function: Function, shares: Mapping[str, float]) -> str:
    """Return whether every parameter that matters has a greater share than every one that does not."""
    truth = function.truth()
    found = np.array([shares.get(axis.name, 0.0) for axis in function.axes()])
    return "yes" if found[truth > 0.01].min() > found[truth <= 0.01].max() else "no"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["times", "accuracy", "coverage"])
    parser.add_argument("--repeats", type=int, default=60)
    options = parser.parse_args()
    use_one_thread()
    for part in options.parts:
        {"times": times, "accuracy": accuracy, "coverage": lambda: coverage(options.repeats)}[part]()
