"""Fill Sweepdeck's database, whose folder the environment names: `python sweepdeck_fill.py RUNS`.

Prints where the page is, and the cookie of somebody who may see it, as JSON.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "sweeps_app.config.settings"

import django

django.setup()

from django.test import Client

from benchmarks.fill_sweep import fill
from benchmarks.sweep_of_many import CONFIG, METRICS
from sweeps_app.models import User
from sweeps_app.services.sweeps import sweep_create

PIECE = 10_000


def main() -> None:
    """Fill, and say where."""
    owner = User.objects.order_by("pk").first()
    sweep = sweep_create(user=owner, config=CONFIG, project_name="bench").sweep
    runs = int(sys.argv[1])
    for start in range(0, runs, PIECE):
        fill(sweep.sweep_id, min(PIECE, runs - start), METRICS)
    browser = Client()
    browser.force_login(owner)
    place = f"/{owner.username}/bench/sweeps/{sweep.sweep_id}"
    print(json.dumps({"path": place, "session": browser.cookies["sessionid"].value}))


if __name__ == "__main__":
    main()
