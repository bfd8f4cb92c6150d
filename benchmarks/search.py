"""Compare search methods: the regret they reach, and the time an answer takes.

    python -m benchmarks.search                  # everything: about an hour on two cores
    python -m benchmarks.search --rows bayes,gp --problems branin,mixed --seeds 3 --no-times

Rows are Sweepdeck's methods (`bayes`, `random`, or with `--rows` any other of one metric) and the peers `sweeps` (the
public package, its bayes), `tpe` and `gp` (Optuna's samplers), each in an environment of its own, made with pip in
`--folder`. Optuna's Gaussian process needs PyTorch: `--torch` gives the requirement, such as `torch==2.13.0`; where pip
would fetch a build for GPUs, set PIP_EXTRA_INDEX_URL to PyTorch's index of CPU builds.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search_host import Row, TooSlow, ask_seconds, play, prepare, session
from benchmarks.search_problems import Problem, problems

OPTUNA = "optuna==5.0.0"
RUNS = (10, 100, 1_000, 5_000)
ASKS = 5


def rows(torch: str) -> dict[str, Row]:
    """Return the peers' rows by their short names."""
    return {
        "sweeps": Row("sweeps 0.2.0 bayes", "sweeps_peer.py", "bayes", ("sweeps==0.2.0",)),
        "tpe": Row("Optuna 5 TPE", "optuna_peer.py", "tpe", (OPTUNA, "scipy", torch)),
        "gp": Row("Optuna 5 GP", "optuna_peer.py", "gp", (OPTUNA, "scipy", torch)),
    }


def own_row(method: str) -> Row:
    """Return the row of one of Sweepdeck's methods."""
    return Row(f"Sweepdeck {method}", "sweepdeck_peer.py", method)


def regrets(row: Row, python: Path, problem: Problem, options: argparse.Namespace) -> list[float]:
    """Return the regret of each seed."""
    with session(row, python, limit=600) as peer:
        return [play(peer, problem, seed, options.trials) for seed in range(options.seeds)]


def seconds(row: Row, python: Path, problem: Problem, options: argparse.Namespace) -> list[float | None]:
    """Return the median time of an ask for each number of runs; None where one took longer than it may."""
    found: list[float | None] = []
    for count in RUNS:
        with session(row, python, limit=options.slowest) as peer:
            try:
                found.append(statistics.median(ask_seconds(peer, problem, random_runs(problem, count), ASKS)))
            except TooSlow:
                found.append(None)
    return found


def random_runs(problem: Problem, count: int) -> list[tuple[dict[str, Any], float]]:
    """Return finished runs of random configs."""
    generator = np.random.default_rng(0)
    runs = []
    for _ in range(count):
        config = {name: _drawn(parameter, generator) for name, parameter in problem.parameters.items()}
        runs.append((config, problem.value(config)))
    return runs


def _drawn(parameter: dict[str, Any], generator: np.random.Generator) -> Any:
    if "values" in parameter:
        return parameter["values"][int(generator.integers(len(parameter["values"])))]
    low, high = parameter["min"], parameter["max"]
    if parameter.get("distribution") == "log_uniform_values":
        return float(np.exp(generator.uniform(np.log(low), np.log(high))))
    if isinstance(low, int):
        return int(generator.integers(low, high + 1))
    return float(generator.uniform(low, high))


def table(header: list[str], body: Iterable[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(value: float | None) -> str:
    return "too slow" if value is None else f"{value:.2g}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="bayes,sweeps,tpe,gp,random", help="comma-separated; tpe and gp are Optuna's")
    parser.add_argument("--problems", default=",".join(problems()), help="comma-separated")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=1, help="searches at the same time; times are measured one by one")
    parser.add_argument("--no-times", action="store_true", help="leave the time of an ask out")
    parser.add_argument("--slowest", type=float, default=60, help="seconds after which an ask is given up")
    parser.add_argument("--torch", default="torch", help="pip requirement of PyTorch")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "sweepdeck-search-peers")
    parser.add_argument("--json", type=Path, help="write all regrets and times to this file too")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    options = _arguments()
    peers = rows(options.torch)
    chosen = [peers.get(name) or own_row(name) for name in options.rows.split(",")]
    known = problems()
    played = [known[name] for name in options.problems.split(",")]
    pythons = {row.name: prepare(row, options.folder) for row in chosen}

    def cell(pair: tuple[Row, Problem]) -> list[float]:
        row, problem = pair
        found = regrets(row, pythons[row.name], problem, options)
        print(f"{row.name}, {problem.name}: {statistics.median(found):.2g}", file=sys.stderr, flush=True)
        return found

    pairs = [(row, problem) for problem in played for row in chosen]
    with ThreadPoolExecutor(options.jobs) as pool:
        results = dict(zip(((r.name, p.name) for r, p in pairs), pool.map(cell, pairs), strict=True))
    times: dict[str, list[float | None]] = {}
    if not options.no_times:
        times = {row.name: seconds(row, pythons[row.name], known["mixed"], options) for row in chosen}
    report(chosen, played, results, times)
    if options.json:
        flat = {f"{row}: {problem}": values for (row, problem), values in results.items()}
        options.json.write_text(json.dumps({"regrets": flat, "seconds": times, "runs": RUNS}))


def report(
    chosen: list[Row],
    played: list[Problem],
    results: dict[tuple[str, str], list[float]],
    times: dict[str, list[float | None]],
) -> None:
    """Print the medians with the times, and the upper quartiles, which tell how reliable a method is."""
    header = ["", *(problem.name for problem in played)]

    def body(figure: Callable[[list[float]], float]) -> list[list[str]]:
        return [[row.name, *(_shown(figure(results[row.name, p.name])) for p in played)] for row in chosen]

    medians = body(statistics.median)
    if times:
        header.append(f"seconds an ask at {' / '.join(map(str, RUNS))} runs")
        medians = [[*line, " / ".join(map(_shown, times[line[0]]))] for line in medians]
    print(table(header, medians), end="\n\n")
    print("Upper quartiles:\n")
    print(table(["", *(problem.name for problem in played)], body(lambda values: float(np.quantile(values, 0.75)))))


if __name__ == "__main__":
    main()
