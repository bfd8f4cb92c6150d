"""What deleting a large project costs: the moment itself, the rows behind it, and a run that logs meanwhile.

    python benchmarks/deletion.py --runs 100000 --rows 1000000

It makes a data folder of its own, or uses an empty database that SWEEPDECK_DATABASE_URL names.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["SWEEPDECK_DATA_DIR"] = tempfile.mkdtemp()
os.environ["DJANGO_SETTINGS_MODULE"] = "sweeps_app.config.settings"

import django
import numpy as np

django.setup()

from django.core.management import call_command
from django.db import connection

from sweeps_app.columns.series import Series
from sweeps_app.config.celery import app
from sweeps_app.models import HistoryChunk, Project, Run, RunMetric, User
from sweeps_app.services.deletion import project_delete, run_delete
from sweeps_app.services.ingest import history_append
from sweeps_app.services.purge import purge
from sweeps_app.services.runs import RunDetails, run_start

METRICS = 5
PART = 2_000


def main() -> None:
    """Fill, delete, purge, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    app.send_task = lambda *_, **__: None
    call_command("migrate", verbosity=0)
    user = User.objects.create_user(f"bench{os.getpid()}")
    watched, _ = run_start(user=user, details=RunDetails(), project_name="watched")
    quiet = latencies(watched, seconds=5)
    print(f"a batch of ten rows while nothing is deleted: {told(quiet)}")
    long, _ = run_start(user=user, details=RunDetails(), project_name="long")
    for offset in range(0, options.rows, 10_000):
        rows = [
            {"loss": random.random(), "accuracy": random.random()} for _ in range(min(10_000, options.rows - offset))
        ]
        history_append(run=long, offset=offset, rows=rows)
    measure(f"a run of {options.rows:,} rows", lambda: run_delete(run=long), watched)
    project = fill(user, options.runs)
    measure(f"a project of {options.runs:,} runs", lambda: project_delete(project=project), watched)


def fill(user: User, runs: int) -> Project:
    """Return a project with runs of a few metrics and a chunk each."""
    project = Project.objects.create(entity=user.personal_entity, name="large")
    series = Series().extended(np.arange(100), np.random.default_rng(0).normal(size=100)).to_bytes()
    for start in range(0, runs, PART):
        made = Run.objects.bulk_create(
            Run(project=project, name=f"r{i}", state="finished", config={"lr": i}, summary={"loss": i}, change=i)
            for i in range(start, min(start + PART, runs))
        )
        RunMetric.objects.bulk_create(
            RunMetric(run=run, name=f"m{i}", count=100, series=series) for run in made for i in range(METRICS)
        )
        HistoryChunk.objects.bulk_create(
            HistoryChunk(run=run, first_row=0, rows=100, min_step=0, max_step=99, data=os.urandom(3_000))
            for run in made
        )
    return project


def measure(what: str, delete, watched: Run) -> None:
    """Delete while a run logs; print what each part took."""
    before, began = size(), time.perf_counter()
    delete()
    moment = time.perf_counter() - began
    found: list[float] = []
    stop = threading.Event()
    writer = threading.Thread(target=lambda: found.extend(latencies(watched, stop=stop)))
    writer.start()
    began, rows = time.perf_counter(), 0
    while (purged := purge()).more:
        rows += purged.rows
    rows += purged.rows
    seconds = time.perf_counter() - began
    stop.set()
    writer.join()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{what}: gone after {moment * 1000:.1f} ms; {rows:,} rows removed in {seconds:.0f} s, {memory} MB at the most"
    )
    print(f"  a batch of ten rows meanwhile: {told(found)}")
    print(f"  the database: {before / 1e6:,.0f} MB before, {size() / 1e6:,.0f} MB after")


def latencies(run: Run, *, seconds: float = 1e9, stop: threading.Event | None = None) -> list[float]:
    """Log ten rows again and again, for a while or until told to stop; return how long each batch took."""
    found, until = [], time.perf_counter() + seconds
    run.refresh_from_db()
    offset = run.history_rows
    while time.perf_counter() < until and not (stop and stop.is_set()):
        began = time.perf_counter()
        offset = history_append(run=run, offset=offset, rows=[{"loss": 1.0}] * 10).rows
        found.append(time.perf_counter() - began)
        time.sleep(0.02)
    connection.close() if stop else None
    return found


def size() -> int:
    """Return the bytes of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def told(seconds: list[float]) -> str:
    """Return the middle and the worst of durations."""
    middle, most, worst = (np.quantile(seconds, q) * 1000 for q in (0.5, 0.99, 1.0))
    return f"{middle:.1f} ms in the middle, {most:.0f} ms for 99 %, {worst:.0f} ms at worst"


if __name__ == "__main__":
    main()
