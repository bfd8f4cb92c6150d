"""What the table of runs costs the server: sort, filter, page, group, refresh, files, for a sweep of many runs.

    python benchmarks/run_table.py --runs 10000

Ten parameters and three metrics. Times are of whole answers through Django's test client: the table alone, as browsers
ask for it, with the page's charts and figures left to their own requests. It makes a data folder of its own, or uses an
empty database that SWEEPDECK_DATABASE_URL names.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["SWEEPDECK_DATA_DIR"] = tempfile.mkdtemp()
os.environ["DJANGO_SETTINGS_MODULE"] = "sweeps_app.config.settings"

import django
import numpy as np

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from benchmarks.fill_sweep import fill
from benchmarks.sweep_of_many import CONFIG, METRICS
from sweeps_app.config.celery import app
from sweeps_app.models import User
from sweeps_app.services.sweeps import sweep_create

ASKED = {
    "newest first": "",
    "sort by the objective": "sort=objective",
    "sort by a parameter": "sort=-config.lr",
    "sort by two parameters": "sort=config.optimizer,-config.lr",
    "sort by a metric": "sort=-summary.accuracy",
    "sort by the least value": "sort=min.f1",
    "sort by runtime": "sort=-runtime",
    "filter by a parameter": "query=lr < 1e-3 and optimizer = adam",
    "filter and sort": "query=lr < 1e-3 and not layers = 2&sort=-summary.accuracy",
    "filter by a least value": "query=min.f1 < 0.5 or max.accuracy > 1.9",
    "search": "query=run-99",
    "last page": "sort=config.lr&page=99999",
    "best and last columns": "columns=name,best.loss,last.loss,min.f1,max.accuracy,config.lr",
    "group by two": "group=config.optimizer,config.layers",
}


def main() -> None:
    """Fill, ask, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    client, path, rest = prepare(options.runs)
    for name, query in ASKED.items():
        told(name, lambda query=query: client.get(f"{path}?fragments=runs&{query}"), options.times)
    told("the page with its table", lambda: client.get(f"{path}?fragments=1"), options.times)
    told("REST, sort by a metric", lambda: client.get(f"{rest}/runs?sort=-summary.accuracy"), options.times)
    told("complete a query", lambda: client.get(f"{path}/table/complete?query=opt&at=3"), options.times)
    etag = client.get(f"{path}?fragments=1")["ETag"]
    unchanged = {"If-None-Match": etag}
    told("nothing new (304)", lambda: client.get(f"{path}?fragments=1", headers=unchanged), options.times)
    for form in ("csv", "parquet"):
        began, size = time.perf_counter(), 0
        for piece in client.get(f"{rest}/runs.{form}").streaming_content:
            size += len(piece)
        print(f"{form + ' of all runs':28} {time.perf_counter() - began:8.1f} s   {size / 1e6:8.1f} MB")
    print(f"memory at the most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def prepare(runs: int) -> tuple[Client, str, str]:
    """Return a browser, and the addresses of a sweep with so many runs, of its page and by REST."""
    app.send_task = lambda *_, **__: None
    settings.ALLOWED_HOSTS.append("testserver")
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    call_command("migrate", verbosity=0)
    user = User.objects.create_user("bench")
    sweep = sweep_create(user=user, config=CONFIG, project_name="demo").sweep
    for start in range(0, runs, 10_000):
        fill(sweep.sweep_id, min(10_000, runs - start), METRICS)
    client = Client()
    client.force_login(user)
    return client, f"/bench/demo/sweeps/{sweep.sweep_id}", f"/api/v1/sweeps/{sweep.sweep_id}"


def told(name: str, ask, times: int) -> None:
    """Ask again and again; print what it took: in the middle, of the processor alone, at worst; and the answer's size.

    On a machine that does other things the processor's time is what tells.
    """
    taken, worked = [], []
    for _ in range(times):
        began, began_work = time.perf_counter(), time.process_time()
        answer = ask()
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - began_work) * 1000)
        assert answer.status_code in (200, 304), answer.content
    middle, worst = np.quantile(taken[1:], (0.5, 1.0))
    work, size = np.median(worked[1:]), len(answer.content) / 1e3
    print(f"{name:28} {middle:8.1f} ms  {work:8.1f} ms processor  {worst:8.1f} ms at worst  {size:8.1f} kB")


if __name__ == "__main__":
    main()
