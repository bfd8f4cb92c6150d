"""Nothing that was logged is lost or stored twice, whenever servers are killed."""

import pytest

from tests.databases import drop_database, new_database
from tests.processes.alive import PROC
from tests.processes.killing import killed_while_logging, seed_of_today

pytestmark = [pytest.mark.processes, pytest.mark.skipif(not PROC.is_dir(), reason="as other tests of processes")]


@pytest.fixture
def database():
    """A database for the servers."""
    address = new_database()
    yield address
    drop_database(address)


def test_kill_minus_nine_at_random_moments_neither_loses_nor_doubles_a_value(tmp_path, database):
    seed = seed_of_today()
    print(f"SWEEPDECK_TEST_SEED={seed} makes the same choices again")
    rows, requests = killed_while_logging(tmp_path / "data", database, kills=3, clients=3, seed=seed)
    print(f"{rows:,} rows in {requests:,} requests")
