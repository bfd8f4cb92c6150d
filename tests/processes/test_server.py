"""A server's whole life, by the real processes of `make run`; whatever happens to them, none is left behind."""

import os
import re
import signal
import stat

import pytest

from sweepdeck._api import Client
from sweeps_app.services.demo import CONFIG as DEMO
from tests.databases import drop_database, new_database
from tests.processes.alive import PROC, pid_of, processes_of, wait_for
from tests.processes.server import Server, bare_environment
from tests.processes.start import manage

pytestmark = [pytest.mark.processes, pytest.mark.skipif(not PROC.is_dir(), reason="reads /proc")]

CHILDREN = {"web": "supervisor.web", "worker": "config.celery", "beat": "config.beat"}


class Installation:
    """One data folder and database, and the server on it."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = folder.parent / "programs"
        self.database = new_database()
        self.server = None

    def running(self):
        """Return the server, started if none runs."""
        if self.server is None or self.server.process.poll() is not None:
            broker = os.environ.get("SWEEPDECK_BROKER_URL", "")
            self.programs.mkdir(exist_ok=True)
            places = {"SWEEPDECK_PROGRAM_ROOTS": str(self.programs), "SWEEPDECK_SECRETS_DIR": str(self.programs)}
            self.server = Server(self.folder, database=self.database, broker=broker, **places)
        return self.server


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """The installation that these tests share: a first start takes the longest."""
    installation = Installation(tmp_path_factory.mktemp("server") / "data")
    yield installation
    if installation.server is not None:
        installation.server.kill()
    drop_database(installation.database)


@pytest.fixture
def server(installation):
    """The server, which a test may end however it likes."""
    return installation.running()


def _key(server):
    return (server.folder / "api_key").read_text().strip()


def _children(server):
    return {name: pid_of(server.folder, text) for name, text in CHILDREN.items()}


def test_secrets_are_for_their_owner_only(server):
    for name in ("credentials", "api_key", "secret_key"):
        assert stat.S_IMODE((server.folder / name).stat().st_mode) == 0o600, name
    assert _key(server) in (server.folder / "credentials").read_text()
    assert not any(_key(server) in command for command in processes_of(server.folder).values())


def test_the_printed_link_and_the_kept_key_let_one_in(server):
    status, page = server.get(re.search(r"http://[\d.:]+(/\S*)", server.said).group(1))
    assert status == 200
    assert "owner" in page
    _, who = server.get("/api/v1/me", Authorization=f"Bearer {_key(server)}")
    assert '"user":"owner"' in who


def test_pages_find_their_static_files(server):
    for path in ("/login", "/api/v1/docs", "/admin/login/"):
        links = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', server.get(path)[1]))
        assert links, path
        assert all(server.get(link)[0] == 200 for link in links)


def test_dead_processes_are_started_again(server):
    before = _children(server)
    assert None not in before.values()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: all(pid not in (None, before[name]) for name, pid in _children(server).items()))
    # The supervisor keeps the socket: this waits until the new process answers.
    assert server.get("/healthz") == (200, '{"status": "ok"}')
    assert server.said.count("was killed") == 0
    assert len(re.findall(r"(?:web|worker|beat) ended \(signal SIGKILL\); starting it again", server.said)) == 3


def test_a_second_server_on_the_same_folder_is_refused(server, installation):
    environment = bare_environment(SWEEPDECK_DATA_DIR=str(server.folder), SWEEPDECK_DATABASE_URL=installation.database)
    code, lines = manage("run", "--port", "0", **environment)
    assert code == 1
    assert lines == [
        f"CommandError: Sweepdeck already runs here as process {server.supervisor}: open {server.url} or stop it first"
    ]


@pytest.mark.parametrize("how", ["Ctrl+C", "SIGTERM"])
def test_it_stops_everything_and_the_next_start_keeps_the_data(server, installation, how):
    key = _key(server)
    project = f"kept-{how.strip('+').lower().replace('+', '-')}"
    Client(server.url, key).call("POST", "/projects", {"entity": "owner", "name": project})
    if how == "Ctrl+C":
        server.interrupt()
        server.end()
    else:
        os.kill(server.supervisor, signal.SIGTERM)
        assert server.end() == 0, server.said
    assert "Stopped." in server.said
    assert "was killed" not in server.said
    assert processes_of(server.folder) == {}

    again = installation.running()
    assert "password" not in again.said.lower()
    assert key not in again.said
    assert _key(again) == key
    assert Client(again.url, key).call("GET", f"/projects/owner/{project}")["name"] == project


TRAIN = """
import os, sys, time
import sweepdeck
sweepdeck.init()
print("the token is", os.environ["TOKEN"])
for step in range(20):
    sweepdeck.log({"loss": float(sys.argv[1].partition("=")[2])})
    time.sleep(0.1)
"""


def test_a_registered_program_runs_what_the_sweep_names_until_it_is_drained(server, installation):
    client = Client(server.url, _key(server))
    (installation.programs / "train.py").write_text(TRAIN)
    (installation.programs / "TOKEN").write_text("very-secret-token")
    client.call("POST", "/projects", {"entity": "owner", "name": "own"})
    program = {"name": "train", "kind": "folder", "source": str(installation.programs), "secrets": ["TOKEN"]}
    client.call("POST", "/projects/owner/own/programs", program)
    config = {"method": "random", "program": "train.py", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    sweep = client.call("POST", "/sweeps", {"config": config, "project": "own"})["sweep_id"]
    wanted = {"request_id": "r", "program": "train", "agents": 1}
    [job] = client.call("POST", f"/sweeps/{sweep}/jobs/launch", wanted)["jobs"]
    runs = lambda: client.call("GET", f"/sweeps/{sweep}/runs")["results"]  # noqa: E731
    wait_for(lambda: [run for run in runs() if run["history_rows"]])
    client.call("POST", f"/jobs/{job['job_id']}/drain", {})
    ended = wait_for(lambda: (job_ := client.call("GET", f"/jobs/{job['job_id']}"))["finished_at"] and job_)
    assert (ended["state"], ended["reason"], ended["exit_code"]) == ("finished", "drained", 0), ended["output_tail"]
    assert {run["state"] for run in runs()} == {"finished"}
    assert "the token is ***" in ended["output_tail"]
    for run in runs():
        lines = client.call("GET", f"/runs/owner/own/{run['run_id']}/console")["lines"]
        assert "the token is ***" in [line["text"] for line in lines]


def test_a_killed_workers_job_runs_again_at_once_and_nothing_of_the_first_attempt_lives_on(server):
    client = Client(server.url, _key(server))
    sweep = client.call("POST", "/sweeps", {"config": DEMO})
    job = client.call("POST", f"/sweeps/{sweep['sweep_id']}/jobs", {"program": "digits"})
    path = f"/jobs/{job['job_id']}"
    wait_for(lambda: "works on sweep" in client.call("GET", path)["output_tail"])
    agent = pid_of(server.folder, "programs.digits")
    os.kill(_children(server)["worker"], signal.SIGKILL)
    # The next worker of the machine knows; by silence it would take half a minute.
    again = wait_for(lambda: (job := client.call("GET", path))["attempt"] == 2 and job, seconds=25)
    assert again["state"] == "running"
    assert "attempt 1 on" in again["output_tail"]
    wait_for(lambda: pid_of(server.folder, "programs.digits") not in (None, agent))
    client.call("POST", f"{path}/stop", {})
    assert wait_for(lambda: (job := client.call("GET", path))["state"] != "running" and job)["state"] == "stopped"


def test_a_killed_supervisor_leaves_no_orphan_not_even_an_agent(server):
    client = Client(server.url, _key(server))
    sweep = client.call("POST", "/sweeps", {"config": DEMO})
    job = client.call("POST", f"/sweeps/{sweep['sweep_id']}/jobs", {"program": "digits"})
    wait_for(lambda: client.call("GET", f"/jobs/{job['job_id']}")["state"] == "running")
    wait_for(lambda: pid_of(server.folder, "programs.digits"))
    os.kill(server.supervisor, signal.SIGKILL)
    wait_for(lambda: processes_of(server.folder) == {})
    assert server.end() != 0
