"""What keeps a server from starting is said in one line, by the real commands."""

import ast
import ctypes
import os
import shutil
import socket
import sys

import pytest

from tests.processes.server import bare_environment
from tests.processes.start import finished, manage
from tests.sdk.script import ROOT

pytestmark = pytest.mark.processes

OLD_PYTHON = """#!/bin/sh
[ "$1" != -c ] || exit 0
exec "{python}" -c '
import runpy, sys
sys.version_info = (3, 9, 0, "final", 0)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
' "$@"
"""


def _obey_permissions():
    """Give up the privilege by which root may write anywhere: CAP_DAC_OVERRIDE leaves the bounding set."""
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(24, 1, 0, 0, 0) != 0:
        raise OSError("prctl")


@pytest.fixture
def read_only(tmp_path):
    """A folder that may be read and not written to."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    yield folder
    folder.chmod(0o700)


@pytest.fixture
def checkout(read_only):
    """As much of a checkout as is needed to get to the virtual environment, which is not there."""
    (read_only / "scripts").mkdir()
    for name in ("Makefile", "requirements.txt", "scripts/bootstrap.py"):
        shutil.copy(ROOT / name, read_only / name)
    return read_only


def _run(tmp_path, *arguments, **environment):
    return manage("run", *arguments, **bare_environment(SWEEPDECK_DATA_DIR=str(tmp_path / "data")) | environment)


def _make_run(folder, *arguments, **options):
    command = ["make", "--no-print-directory", "run", *arguments]
    code, lines = finished(command, cwd=folder, env=bare_environment(**options.pop("env", {})), **options)
    return code, [line for line in lines if not line.startswith("make: ")]


def test_a_port_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, lines = _run(tmp_path, "--port", str(port))
    assert code == 1
    assert len(lines) == 1
    assert f"127.0.0.1:{port} is in use: take another port (make run PORT=" in lines[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="gives up a privilege of Linux")
def test_a_data_folder_that_cannot_be_written(tmp_path, read_only):
    read_only.chmod(0o500)
    environment = bare_environment(SWEEPDECK_DATA_DIR=str(read_only))
    code, lines = finished(
        [sys.executable, "manage.py", "run"], cwd=ROOT, env=environment, preexec_fn=_obey_permissions
    )
    assert code == 1
    assert len(lines) == 1
    assert f"cannot write to {read_only}" in lines[0]
    assert "set SWEEPDECK_DATA_DIR to another folder" in lines[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="gives up a privilege of Linux")
def test_a_checkout_that_cannot_be_written(checkout):
    checkout.chmod(0o500)
    code, lines = _make_run(checkout, f"PYTHON={sys.executable}", preexec_fn=_obey_permissions)
    assert code != 0
    assert len(lines) == 1
    assert (
        f"cannot write to {checkout}: change its permissions, or clone the repository to a folder of your own"
        in lines[0]
    )


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SWEEPDECK_WORKER_SLOTS": "many"}, "SWEEPDECK_WORKER_SLOTS must be a whole number of 1 or more, not 'many'"),
        (
            {"SWEEPDECK_DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
            'cannot use the database: connection failed: connection to server at "127.0.0.1", port 1 failed',
        ),
        (
            {"SWEEPDECK_BROKER_URL": "redis://127.0.0.1:1/0"},
            "cannot use the broker of SWEEPDECK_BROKER_URL: Error 111 connecting to 127.0.0.1:1",
        ),
    ],
    ids=["value", "database", "broker"],
)
def test_wrong_settings(tmp_path, environment, said):
    code, lines = _run(tmp_path, "--port", "0", **environment)
    assert code == 1
    assert len(lines) == 1
    assert said in lines[0]


def test_no_python(checkout):
    code, lines = _make_run(checkout, "PYTHON=")
    assert code != 0
    assert len(lines) == 1
    assert lines[0].startswith("sweepdeck: Python is missing: install 3.11 or newer")
    code, lines = _make_run(checkout, f"PYTHON={checkout}/none")
    assert code != 0
    assert len(lines) == 1
    assert f"Python is missing ('{checkout}/none' does not start)" in lines[0]


def test_a_python_that_is_too_old(checkout, tmp_path):
    old = tmp_path / "old"
    old.write_text(OLD_PYTHON.format(python=sys.executable))
    old.chmod(0o700)
    tools = tmp_path / "tools"  # a PATH without any newer Python
    tools.mkdir()
    for name in ("make", "sh"):
        (tools / name).symlink_to(shutil.which(name))
    code, lines = _make_run(checkout, f"PYTHON={old}", env={"PATH": str(tools)})
    assert code != 0
    assert len(lines) == 1
    assert lines[0].startswith("sweepdeck: this is Python 3.9, and Sweepdeck needs 3.11 or newer: install one")


def test_an_old_python_can_read_what_refuses_it():
    source = (ROOT / "scripts" / "bootstrap.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    with pytest.raises(SyntaxError):
        ast.parse("match 1:\n case 1: pass", feature_version=(3, 6))
