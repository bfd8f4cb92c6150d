"""The commands of compose.yaml, as processes of this machine."""

import contextlib
import os
import signal
import socket
import subprocess
import sys

import pytest
import yaml

from sweepdeck._api import Client
from sweepdeck._errors import CommError
from sweeps_app.services.demo import CONFIG as DEMO
from tests.databases import drop_database, new_database
from tests.processes.alive import PROC, processes_of, wait_for
from tests.processes.server import bare_environment
from tests.sdk.script import ROOT

pytestmark = [pytest.mark.processes, pytest.mark.skipif(not PROC.is_dir(), reason="reads /proc")]

SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


@pytest.fixture
def database():
    """A database that the containers would find in the network of their own."""
    address = new_database()
    yield address
    drop_database(address)


@pytest.fixture
def port():
    """A port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _command(service, port):
    here = {"python": sys.executable, "--host=0.0.0.0": "--host=127.0.0.1", "--port=8000": f"--port={port}"}
    return [here.get(part, part) for part in SERVICES[service]["command"]]


@contextlib.contextmanager
def _container(service, port, environment, log):
    with log.open("a") as output:
        process = subprocess.Popen(_command(service, port), cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _stop(process):
    process.send_signal(signal.SIGTERM)
    return process.wait(60)


def _answers(client):
    try:
        return bool(client.send("GET", "/me"))
    except CommError:
        return False


def test_the_processes_meet_and_a_stopped_worker_gives_its_job_back(tmp_path, database, port):
    folder, log, url = tmp_path / "data", tmp_path / "log", f"http://127.0.0.1:{port}"
    environment = bare_environment(
        SWEEPDECK_DATA_DIR=str(folder),
        SWEEPDECK_DATABASE_URL=database,
        SWEEPDECK_BROKER_URL=os.environ.get("SWEEPDECK_BROKER_URL", ""),
        SWEEPDECK_ALLOWED_HOSTS="web,",
        SWEEPDECK_WORKER_BASE_URL=url,
    )
    prepare = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True, "check": True}
    first, again = (subprocess.run(_command("prepare", port), **prepare).stdout for _ in range(2))
    key = (folder / "api_key").read_text().strip()
    assert key in first
    assert key not in again

    client = Client(url, key)
    with contextlib.ExitStack() as stack:
        web, worker, beat = (
            stack.enter_context(_container(name, port, environment, log)) for name in ("web", "worker", "beat")
        )
        wait_for(lambda: _answers(client) or web.poll() is not None)
        assert web.poll() is None, log.read_text()
        sweep = client.call("POST", "/sweeps", {"config": DEMO})
        job = client.call("POST", f"/sweeps/{sweep['sweep_id']}/jobs", {"program": "digits"})
        path = f"/jobs/{job['job_id']}"
        wait_for(lambda: "works on sweep" in client.call("GET", path)["output_tail"])
        assert [_stop(process) for process in (worker, beat)] == [0, 0], log.read_text()
        assert client.call("GET", path)["state"] == "queued"
        assert _stop(web) == 0, log.read_text()
    wait_for(lambda: processes_of(folder) == {})  # helpers of libraries notice their parent's end a little later
