"""Everything is killed at random while agents work through a grid: each point is run exactly once to success."""

import os
import secrets

import pytest

from tests.databases import drop_database, new_database
from tests.processes.alive import PROC
from tests.processes.chaos import chaos_through_a_grid

pytestmark = [pytest.mark.processes, pytest.mark.skipif(not PROC.is_dir(), reason="reads /proc")]


def test_a_grid_is_done_once_whatever_is_killed(tmp_path):
    seed, database = secrets.randbits(32), new_database()
    print(f"seed {seed}")
    try:
        kills, _ = chaos_through_a_grid(
            tmp_path / "data",
            database,
            agents=4,
            jobs=2,
            points=20,
            seed=seed,
            every=0.4,
            limit=12,
            seconds=240,
            pause=0.4,
            redis=bool(os.environ.get("SWEEPDECK_BROKER_URL")),
        )
    finally:
        drop_database(database)
    assert kills > 3
