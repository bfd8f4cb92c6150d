import base64
import hashlib
import socket

import pytest
import urllib3

from sweeps_app.models import RunFile
from sweeps_app.services.keys import key_create
from tests.api.client import Api, problems
from tests.api.live import served
from tests.factories import make_run, make_user

MEGABYTE = 2**20


@pytest.fixture
def path(user):
    """Return the address of the files of a run."""
    return f"/runs/ada/demo/{make_run(user).run_id}/files"


def put(api, path, content=b"hello", content_type="", **headers):
    return api.send("PUT", path, content, content_type=content_type, headers=headers)


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_file_is_put_replaced_listed_sent_and_deleted(api, path):
    answer = put(api, f"{path}/notes/a%20b.txt")
    assert answer.status_code == 201
    file = answer.json()
    assert file | {"updated_at": "", "url": ""} == {
        "path": "notes/a b.txt",
        "size": 5,
        "digest": hashlib.sha256(b"hello").hexdigest(),
        "content_type": "text/plain",
        "updated_at": "",
        "url": "",
    }
    assert file["url"] == f"http://127.0.0.1:8000/api/v1{path}/notes/a%20b.txt"
    assert put(api, f"{path}/notes/a%20b.txt").status_code == 200
    replaced = put(api, f"{path}/notes/a%20b.txt", b"bye", "application/x-thing")
    assert (replaced.status_code, replaced.json()["content_type"]) == (200, "application/x-thing")
    put(api, f"{path}/other")
    page = api.get(path, prefix="notes/").json()
    assert (page["count"], page["results"]) == (1, [replaced.json()])
    assert api.get(path, page_size=1).json()["pages"] == 2
    sent = api.get(f"{path}/notes/a%20b.txt")
    assert (body(sent), sent["Content-Length"], sent["Content-Type"]) == (b"bye", "3", "application/x-thing")
    assert api.send("DELETE", f"{path}/notes/a%20b.txt").status_code == 204
    assert api.send("DELETE", f"{path}/notes/a%20b.txt").status_code == 204
    assert problems(api.get(f"{path}/notes/a%20b.txt")) == [(None, "not_found")]


def test_an_empty_file_is_a_file(api, path):
    assert put(api, f"{path}/empty", b"").json()["size"] == 0
    assert body(api.get(f"{path}/empty")) == b""


def test_whoever_has_a_content_gets_304_until_it_changes(api, path):
    put(api, f"{path}/a")
    tag = api.get(f"{path}/a")["ETag"]
    assert api.get(f"{path}/a", headers={"If-None-Match": tag}).status_code == 304
    put(api, f"{path}/a", b"new")
    assert api.get(f"{path}/a", headers={"If-None-Match": tag}).status_code == 200


def test_bytes_that_were_damaged_on_their_way_are_refused(api, path):
    right = hashlib.sha256(b"hello").hexdigest()
    assert put(api, f"{path}/a", **{"X-Content-SHA256": right.upper()}).status_code == 201
    answer = put(api, f"{path}/a", b"hellp", **{"X-Content-SHA256": right})
    assert (answer.status_code, problems(answer)) == (400, [("X-Content-SHA256", "invalid")])
    assert body(api.get(f"{path}/a")) == b"hello"


def test_the_limit_is_a_setting_of_its_own(api, path, settings):
    settings.MAX_BODY_BYTES, settings.MAX_FILE_BYTES = 10, 1000
    assert put(api, f"{path}/a", b"x" * 1000).status_code == 201
    answer = put(api, f"{path}/b", b"x" * 1001)
    assert (answer.status_code, problems(answer)) == (413, [(None, "body_too_large")])
    assert "1,000 bytes" in answer.json()["errors"][0]["detail"]
    assert RunFile.objects.count() == 1


@pytest.mark.parametrize("name", ["a//b", "a/%2e%2e/b", "a%5Cb", "a%0Ab", "x" * 501])
def test_paths_that_no_file_can_have_are_refused(api, path, name):
    answer = put(api, f"{path}/{name}")
    assert (answer.status_code, problems(answer)) == (400, [("path", "invalid")])


def test_a_file_is_not_sent_compressed(api, path):
    answer = put(api, f"{path}/a", **{"Content-Encoding": "gzip"})
    assert (answer.status_code, problems(answer)) == (415, [(None, "unsupported_media_type")])


@pytest.mark.parametrize(
    ("content_type", "shown_as"),
    [
        ("image/png", "image/png"),
        ("text/plain; charset=latin-1", "text/plain; charset=utf-8"),
        ("text/x-python", "text/plain; charset=utf-8"),
        ("application/json", "text/plain; charset=utf-8"),
        ("application/pdf", "application/pdf"),
        ("text/html", ""),
        ("TEXT/HTML; charset=utf-8", ""),
        ("image/svg+xml", ""),
        ("application/xhtml+xml", ""),
        ("text/xml", ""),
        ("application/octet-stream", ""),
    ],
)
def test_a_browser_shows_only_what_can_do_no_harm(api, path, content_type, shown_as):
    put(api, f"{path}/folder/a%22b.bin", b"<script>alert(1)</script>", content_type)
    answer = api.get(f"{path}/folder/a%22b.bin", headers={"Accept": "image/avif,image/*", "Accept-Encoding": "gzip"})
    assert answer["Content-Type"] == (shown_as or content_type)
    assert answer["Content-Disposition"].startswith("inline" if shown_as else "attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert body(answer) == b"<script>alert(1)</script>"


def test_a_signed_in_browser_sees_a_file_and_a_stranger_does_not(api, path, user, client, stranger):
    put(api, f"{path}/a.png")
    client.force_login(user)
    assert client.get(f"/api/v1{path}/a.png").status_code == 200
    assert stranger.get(f"{path}/a.png").status_code == 404
    assert put(stranger, f"{path}/a.png", b"evil").status_code == 404
    assert stranger.send("DELETE", f"{path}/a.png").status_code == 404
    assert Api().get(f"{path}/a.png").status_code == 401
    assert body(api.get(f"{path}/a.png")) == b"hello"


@pytest.mark.django_db(transaction=True)
def test_a_large_file_passes_the_web_server_that_refuses_as_large_a_body(settings):
    settings.MAX_BODY_BYTES, settings.MAX_FILE_BYTES = MEGABYTE, 6 * MEGABYTE
    user = make_user("ada")
    run = make_run(user)
    key = key_create(user=user, name="test")[1]
    content = bytes(range(256)) * 20_000
    pool = urllib3.PoolManager(retries=False, timeout=30, headers={"Authorization": f"Bearer {key}"})
    with served() as address:
        url = f"{address}/api/v1/runs/ada/demo/{run.run_id}/files/model/weights.bin"
        pieces = (content[i : i + 100_000] for i in range(0, len(content), 100_000))
        assert pool.request("PUT", url, body=pieces).status == 201
        answer = pool.request("GET", url)
        assert (answer.status, answer.data == content) == (200, True)
        assert pool.request("PUT", url, body=b"x" * (7 * MEGABYTE)).status == 413
        assert pool.request("POST", f"{address}/api/v1/runs", body=b" " * (2 * MEGABYTE)).status in (413, 415)


def first_answer(address, method, path, authorization):
    """Tell of a body of 90 MB that waits to be asked for; return the status of the first answer, 100 where it is."""
    host, _, port = address.removeprefix("http://").partition(":")
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Content-Length: 90000000", "Expect: 100-continue"]
    head += [f"Authorization: {authorization}"] if authorization else []
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        came = b""
        while b"\r\n\r\n" not in came:
            came += connection.recv(65_536)
    return int(came.split()[1])


@pytest.mark.django_db(transaction=True)
def test_a_large_body_is_not_read_before_its_key():
    user, stranger = make_user("ada"), make_user("eve")
    run = make_run(user)
    keys = {name: key_create(user=person, name="test")[1] for name, person in (("ada", user), ("eve", stranger))}
    basic = base64.b64encode(f"api:{keys['ada']}".encode()).decode()
    file, import_ = f"/api/v1/runs/ada/demo/{run.run_id}/files/a", "/api/v1/projects/import"
    wandb = f"/files/ada/demo/{run.run_id}/a"
    wanted = [("PUT", file, f"Bearer {keys['ada']}"), ("POST", import_, f"Bearer {keys['ada']}")]
    wanted += [("PUT", wandb, f"Basic {basic}")]
    refused = [("PUT", file, "", 401), ("PUT", file, "Bearer wrong", 401), ("PUT", file, f"Bearer {keys['eve']}", 404)]
    refused += [("POST", import_, "", 401), ("PUT", wandb, "", 403), ("POST", "/graphql", "", 401)]
    with served() as address:
        for method, path, authorization in wanted:
            assert first_answer(address, method, path, authorization) == 100, path
        for method, path, authorization, status in refused:
            assert first_answer(address, method, path, authorization) == status, path
        sent_anyway = urllib3.request("PUT", address + file, body=b"x" * (20 * MEGABYTE), retries=False, timeout=30)
        assert (sent_anyway.status, sent_anyway.json()["errors"][0]["code"]) == (401, "not_authenticated")
