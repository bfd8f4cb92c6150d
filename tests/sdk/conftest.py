"""Servers to talk to, and an SDK without memory of the test before."""

import sys
from pathlib import Path

import pytest

from sweepdeck import _console, _context, _exit
from tests.sdk.fake import KEY, FakeServer
from tests.sdk.installed import build_wheel
from tests.sdk.script import Script, environment
from tests.sdk.server import RealServer


def pytest_collection_modifyitems(items):
    """Mark the tests that meet no server but a fake one: they are the same whatever database the others use."""
    for item in items:
        if item.path.parent == Path(__file__).parent and not {"real", "real_server"} & set(item.fixturenames):
            item.add_marker("serverless")


@pytest.fixture(autouse=True)
def _fresh_sdk(monkeypatch, tmp_path):
    """Let each test begin like a new process, with an empty home folder and no hooks into this one."""
    for name in (
        "BASE_URL",
        "API_KEY",
        "ENTITY",
        "PROJECT",
        "SWEEP_ID",
        "RUN_ID",
        "JOB_ID",
        "AGENT_COUNT",
        "SILENT",
        "MODE",
    ):
        monkeypatch.delenv(f"SWEEPDECK_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CACHE_HOME", "SWEEPDECK_SPOOL_DIR", "SWEEPDECK_SPOOL_MAX_MB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SWEEPDECK_FINISH_TIMEOUT", "10")
    monkeypatch.setenv("SWEEPDECK_SYSTEM_SECONDS", "0")
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setattr(_exit._Hooks, "installed", True)
    _reset()
    yield
    for run in _context.open_runs():
        if run._sender is not None:
            run._sender._abandon()
        run.stop_output()
    _reset()


def _reset():
    _console._said.clear()
    _context.process.client = _context.process.run = _context.here.run = _context.here.lease = None
    _context.process.open_runs = set()


@pytest.fixture
def fake(monkeypatch):
    """A server in this process, which the environment names."""
    server = FakeServer()
    monkeypatch.setenv("SWEEPDECK_BASE_URL", server.url)
    monkeypatch.setenv("SWEEPDECK_API_KEY", KEY)
    yield server
    server.close()


@pytest.fixture(scope="session")
def real_server(tmp_path_factory):
    """The real server, on a database of its own."""
    server = RealServer(tmp_path_factory.mktemp("server"))
    yield server
    server.close()


@pytest.fixture
def real(real_server, monkeypatch):
    """The real server, which the environment names."""
    monkeypatch.setenv("SWEEPDECK_BASE_URL", real_server.url)
    monkeypatch.setenv("SWEEPDECK_API_KEY", real_server.key)
    return real_server


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The SDK's wheel."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def start_script(tmp_path):
    """Start scripts, and kill those that are left."""
    started = []

    def start(code, url, key, *options, python=sys.executable, **more):
        started.append(Script(code, environment(url, key, tmp_path, **more), *options, python=python))
        return started[-1]

    yield start
    for script in started:
        script.kill()
