"""A whole script as each version of the client has sent it, recorded on the wire and sent again.

The script logs five rows, an image and a histogram, prints a line, gives an alert, and keeps a file.
"""

import json
from pathlib import Path

import pytest

from sweeps_app.models import Run, RunAlert, UnservedRequest
from tests.wandb_api.client import Wandb

pytestmark = pytest.mark.django_db
SESSIONS = sorted((Path(__file__).parent / "sessions").glob("*.jsonl"))
_FILES = "createRunFiles"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"files": files}


def _play(wandb, session, *, times):
    """Send each request of a session so many times; return the answers to the last ones."""
    addresses = {}
    for line in session.read_text().splitlines():
        request = json.loads(line)
        for _ in range(times):
            answer = _send(wandb, request, addresses)
            assert answer.status_code == 200, (request["path"], request["body"][:300], answer.content)
            if request["path"] == "/graphql":
                assert "errors" not in answer.json(), answer.content
        if _FILES in request["body"]:
            made = answer.json()["data"]["createRunFiles"]["files"]
            addresses |= {file["name"]: file["uploadUrl"].removeprefix("http://testserver") for file in made}


def _send(wandb, request, addresses):
    if request["method"] == "PUT":
        name = request["path"].split("/", 5)[5]
        return wandb.client.put(addresses[name], request["body"], content_type="application/octet-stream")
    return wandb.post(request["path"], request["body"].encode(), **{"User-Agent": request["agent"]})


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("session", SESSIONS, ids=lambda path: path.stem)
def test_a_script_is_stored_whole_and_once(user, session, times):
    _play(Wandb.of(user), session, times=times)
    run = Run.objects.get()
    assert (run.run_id, run.name, run.state, run.exit_code) == ("recorded", "first", "finished", 0)
    assert (run.history_rows, run.last_step, run.tags, run.notes) == (6, 5, ["a"], "some")
    assert run.config == {"lr": 0.1, "model": {"depth": 3}, "late": 5}
    assert (run.summary["best"], run.summary["loss"], run.summary["loss.min"]) == (7, 0.2, 0.2)
    assert run.summary["train.accuracy"] == 4
    assert run.system_rows or session.stem == "0.16.6"  # which measures for the first time after the script has ended
    assert run.console_lines >= 1
    paths = set(run.files.values_list("path", flat=True))
    assert {"model.txt", "config.yaml", "requirements.txt", "wandb-metadata.json"} <= paths
    assert any(path.startswith("media/images/image_5_") for path in paths)
    assert RunAlert.objects.get().title == "Look"
    assert not UnservedRequest.objects.exists()
