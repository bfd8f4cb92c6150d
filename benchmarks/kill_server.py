"""The kill test of tests/processes, many times: on SQLite, or on the PostgreSQL that SWEEPDECK_DATABASE_URL names.

    python -m benchmarks.kill_server --times 100

Each time servers are killed at random moments while clients log, and every value that they logged is compared with what
is stored. Prints a line each time, and ends with exit code 1 at the first difference.
"""

import argparse
import secrets
import tempfile
import time
from pathlib import Path

from tests.databases import drop_database, new_database
from tests.processes.killing import killed_while_logging


def main() -> None:
    """Kill as often as was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--kills", type=int, default=6, help="how many processes are killed each time")
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    for number in range(1, options.times + 1):
        seed, started, database = secrets.randbits(32), time.monotonic(), new_database()
        try:
            with tempfile.TemporaryDirectory(prefix="sweepdeck-kill-") as folder:
                rows, requests = killed_while_logging(
                    Path(folder) / "data", database, kills=options.kills, clients=options.clients, seed=seed
                )
        except BaseException:
            print(f"{number}: failed with seed {seed}", flush=True)
            raise
        finally:
            drop_database(database)
        took = time.monotonic() - started
        print(f"{number}: {rows:,} rows in {requests:,} requests are as they were logged ({took:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
