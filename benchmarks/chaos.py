"""The chaos test of tests/processes at full scale: on SQLite, or on the PostgreSQL that SWEEPDECK_DATABASE_URL names.

    python -m benchmarks.chaos                        # 64 agents, 500 grid points
    python -m benchmarks.chaos --times 5 --redis      # with a Redis server of its own, which is killed, too

Agents, web servers, the Celery worker, the beat and the broker are killed at random moments until the grid is done;
then every run is compared with the grid, and every row with what its last attempt has logged. Ends with exit code 1 at
the first difference.
"""

import argparse
import os
import platform
import secrets
import tempfile
import time
from pathlib import Path

from tests.databases import drop_database, new_database
from tests.processes.chaos import chaos_through_a_grid


def main() -> None:
    """Cause as much chaos as was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--agents", type=int, default=64)
    parser.add_argument("--jobs", type=int, default=16, help="how many of them are jobs of the worker")
    parser.add_argument("--points", type=int, default=500, help="a multiple of 20")
    parser.add_argument("--every", type=float, default=0.4, help="seconds between kills, on average")
    parser.add_argument("--pause", type=float, default=0.6, help="longest pause of an agent between two rows")
    parser.add_argument("--redis", action="store_true", help="kill a Redis server instead of the embedded broker")
    parser.add_argument("--seed", type=int, help="of the first time; drawn without it")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {vars(options)}", flush=True)
    for number in range(1, options.times + 1):
        seed = options.seed if number == 1 and options.seed is not None else secrets.randbits(32)
        started, database = time.monotonic(), new_database()
        try:
            with tempfile.TemporaryDirectory(prefix="sweepdeck-chaos-") as folder:
                kills, again = chaos_through_a_grid(
                    Path(folder) / "data",
                    database,
                    agents=options.agents - options.jobs,
                    jobs=options.jobs,
                    points=options.points,
                    seed=seed,
                    every=options.every,
                    seconds=1800,
                    redis=options.redis,
                    pause=options.pause,
                )
        except BaseException:
            print(f"{number}: failed with seed {seed}", flush=True)
            raise
        finally:
            drop_database(database)
        took = time.monotonic() - started
        print(
            f"{number}: {options.points} points finished once each, {again} of them after several attempts; "
            f"{kills} kills in {took:.0f} s (seed {seed})",
            flush=True,
        )


if __name__ == "__main__":
    main()
