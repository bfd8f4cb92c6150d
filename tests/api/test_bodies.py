"""Bodies that are too large, broken, compressed, or not what they claim to be: a clear 4xx, never a 500."""

import gzip
import json

import pytest
from django.db import OperationalError

from sweeps_app.models import Run
from tests.api.client import problems
from tests.factories import make_run

MEGABYTE = 2**20


@pytest.fixture
def path(user):
    """Return the path of a running run."""
    return f"/runs/ada/demo/{make_run(user).run_id}"


def batch(size):
    """Return a batch of at least so many bytes."""
    row = {"text": "x" * 1000}
    return json.dumps({"offset": 0, "rows": [row] * (size // 1000)}).encode()


def test_a_hundred_megabytes_are_refused_with_what_to_do(api, path):
    answer = api.post(f"{path}/history", b" " * (100 * MEGABYTE))
    assert (answer.status_code, problems(answer)) == (413, [(None, "body_too_large")])
    assert "16,777,216 bytes" in answer.json()["errors"][0]["detail"]
    assert "smaller parts" in answer.json()["errors"][0]["detail"]


def test_the_limit_is_a_setting(api, path, settings):
    settings.MAX_BODY_BYTES = 10_000
    assert api.post(f"{path}/history", batch(8_000)).status_code == 200
    assert api.post(f"{path}/history", batch(12_000)).status_code == 413


def test_the_limit_holds_after_decompression_too(api, path, settings):
    settings.MAX_BODY_BYTES = 1_000
    answer = api.post(f"{path}/history", gzip.compress(batch(100_000)), headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413


def test_compressed_bodies_are_read(api, path):
    body = gzip.compress(b'{"offset": 0, "rows": [{"loss": 1}]}')
    assert api.post(f"{path}/history", body, headers={"Content-Encoding": "gzip"}).json()["rows"] == 1


def test_a_small_body_that_inflates_without_end_is_refused(api, path):
    bomb = gzip.compress(b" " * (200 * MEGABYTE))
    assert len(bomb) < MEGABYTE
    assert api.post(f"{path}/history", bomb, headers={"Content-Encoding": "gzip"}).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"plain", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"rest", b""],
    ids=["not gzip", "cut off", "with a rest", "empty"],  # by their bytes, which hold the time, two processes differ
)
def test_what_gzip_cannot_read_is_refused(api, path, body):
    answer = api.post(f"{path}/heartbeat", body, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == (200 if body == b"" else 400)


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "ü"])
def test_other_encodings_are_refused_by_name(api, path, encoding):
    answer = api.post(f"{path}/heartbeat", b"{}", headers={"Content-Encoding": encoding})
    assert (answer.status_code, problems(answer)) == (415, [(None, "unsupported_media_type")])


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_bodies_that_are_not_json_are_refused(api, path, content_type):
    answer = api.post(f"{path}/heartbeat", b"a=1", content_type=content_type)
    assert (answer.status_code, problems(answer)) == (415, [(None, "unsupported_media_type")])
    assert answer.json()["errors"][0]["detail"] == (
        f"The body is said to be '{content_type}': send JSON with the header `Content-Type: application/json`."
    )


def test_an_answer_in_another_format_than_json_is_refused_with_what_to_ask_for(api):
    answer = api.get("/me", headers={"Accept": "text/html"})
    assert (answer.status_code, problems(answer)) == (406, [(None, "not_acceptable")])
    assert "Accept: application/json" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=latin-1", "Application/JSON"])
def test_json_is_utf8_whatever_else_is_claimed(api, path, content_type):
    answer = api.patch(path, '{"notes": "ä"}'.encode(), content_type=content_type)
    assert answer.json()["notes"] == "ä"


def test_a_byte_order_mark_is_skipped(api, path):
    assert api.patch(path, b'\xef\xbb\xbf{"notes": "n"}').json()["notes"] == "n"


@pytest.mark.parametrize(
    "body",
    [
        b'{"notes": "\xff\xfe"}',
        b"{",
        b"   ",
        b"null",
        b"[]",
        b'[{"notes": "a"}]',
        b'"text"',
        b"3",
        b'{"a": 01}',
        b"{'a': 1}",
        b"[" * 100_000,
        b'{"config": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
        b'{"config": {"n": ' + b"9" * 5_000 + b"}}",
        "{}".encode("utf-16"),
    ],
)
def test_broken_bodies_are_refused(api, path, body):
    answer = api.patch(path, body)
    assert answer.status_code == 400
    assert problems(answer) == [(None, "parse_error")]


def test_deep_nesting_is_refused_by_name(api, path):
    deep = json.loads("[" * 100 + "]" * 100)
    assert problems(api.patch(path, {"config": {"deep": deep}}))[0][0].startswith("config.deep[0]")
    answer = api.post(f"{path}/history", {"offset": 0, "rows": [{"deep": deep}]})
    assert (answer.status_code, problems(answer)[0][0]) == (400, "rows[0].deep")
    assert api.post("/sweeps", {"config": {"method": "random", "parameters": deep}}).status_code == 400
    assert api.post("/sweeps/validate", {"config": {"method": deep}}).status_code == 400


@pytest.mark.parametrize("part", ["%00", "a%00b", "%ff", "%F0%9F", "..", "%0A", "a%20b", "x" * 3000])
def test_odd_addresses_lead_nowhere(api, part):
    for path in (f"/projects/ada/{part}", f"/runs/ada/demo/{part}", f"/sweeps/{part}", f"/agents/{part}"):
        answer = api.get(path)
        assert answer.status_code == 404, path
        assert problems(answer) == [(None, "not_found")]


@pytest.mark.parametrize("path", ["/", "/nope", "/me/", "/projects/", "/runs/a/b/c/d/e", "/me/a"])
def test_addresses_that_do_not_exist_have_the_shape_of_every_error(api, path):
    for method in ("GET", "POST", "DELETE"):
        answer = api.send(method, path)
        assert (answer.status_code, problems(answer)) == (404, [(None, "not_found")])


def test_a_method_that_does_not_exist_names_those_that_do(api, path):
    answer = api.send("PUT", path)
    assert (answer.status_code, problems(answer)) == (405, [(None, "method_not_allowed")])
    assert answer["Allow"] == "GET, PATCH, DELETE, HEAD, OPTIONS"
    assert "use one of GET, PATCH" in answer.json()["errors"][0]["detail"]


def test_an_error_nobody_foresaw_has_the_shape_too_and_tells_nothing(api, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("sweeps_app.api.views.account.memberships_of", fail)
    answer = api.get("/me")
    assert (answer.status_code, problems(answer)) == (500, [(None, "error")])
    assert b"secret" not in answer.content


def test_a_busy_database_is_a_503_that_says_when_to_come_back(api, path, monkeypatch):
    def fail(**_):
        raise OperationalError("database is locked")

    monkeypatch.setattr("sweeps_app.api.views.rows.batch_append", fail)
    answer = api.post(f"{path}/history", {"offset": 0, "rows": []})
    assert (answer.status_code, problems(answer), answer["Retry-After"]) == (503, [(None, "busy")], "1")


@pytest.mark.parametrize(
    "words",
    ["database or disk is full", 'could not extend file "base/1/2": No space left on device\nHINT: ...'],
    ids=["SQLite", "PostgreSQL"],
)
def test_a_full_disk_is_called_by_its_name(api, path, monkeypatch, words):
    def fail(**_):
        raise OperationalError(words)

    monkeypatch.setattr("sweeps_app.api.views.rows.batch_append", fail)
    answer = api.post(f"{path}/history", {"offset": 0, "rows": []})
    assert (answer.status_code, problems(answer), answer["Retry-After"]) == (503, [(None, "disk_full")], "5")
    assert "disk" in answer.json()["errors"][0]["detail"]


def test_nothing_is_half_written(api):
    answer = api.post("/runs", {"run_id": "r", "project": "new", "config": {"a": {"b": "\x00"}}})
    assert answer.status_code == 400
    assert not Run.objects.exists()
    assert api.get("/projects").json()["count"] == 0
