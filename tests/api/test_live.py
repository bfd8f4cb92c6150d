"""What only the real web server shows: bodies without a length, and bodies that do not end."""

import gzip
import json

import pytest
import urllib3

from sweeps_app.services.keys import key_create
from tests.api.live import served
from tests.factories import make_run, make_user

pytestmark = pytest.mark.django_db(transaction=True)
MEGABYTE = 2**20


@pytest.fixture
def run():
    """Return a running run of somebody."""
    return make_run(make_user("ada"))


@pytest.fixture
def post(run):
    """Return a function that posts a body, or pieces of one, to an address below the run's."""
    key = key_create(user=run.created_by, name="test")[1]
    pool = urllib3.PoolManager(retries=False, timeout=30)
    with served() as address:

        def send(part, body, **headers):
            url = f"{address}/api/v1/runs/ada/demo/{run.run_id}/{part}"
            sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"} | headers
            answer = pool.request("POST", url, body=body, headers=sent)
            return answer.status, json.loads(answer.data)

        yield send


def test_a_body_in_chunks_without_a_length_is_read(post):
    pieces = iter([b'{"offset": 0, ', b'"rows": [{"loss": 1}]}'])
    assert post("history", pieces) == (200, {"rows": 1, "stop": False, "skipped": 0})
    packed = gzip.compress(b'{"offset": 1, "rows": [{"loss": 2}]}')
    assert post("history", iter([packed]), **{"Content-Encoding": "gzip"}) == (
        200,
        {"rows": 2, "stop": False, "skipped": 0},
    )


def test_a_hundred_megabytes_get_their_answer_although_nobody_keeps_them(post):
    status, body = post("history", b" " * (100 * MEGABYTE))
    assert (status, body["errors"][0]["code"]) == (413, "body_too_large")
    status, body = post("history", (b" " * MEGABYTE for _ in range(40)))
    assert (status, body["errors"][0]["code"]) == (413, "body_too_large")
    assert post("heartbeat", b"{}") == (200, {"stop": False})
