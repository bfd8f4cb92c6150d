"""What a worker makes of a program: its own copy, the interpreter, secrets that nobody sees, or a refusal."""

import sys
from pathlib import Path

import pytest

from sweeps_app.models import AgentJob, Program
from sweeps_app.selectors.jobs import output_tails
from sweeps_app.services.job_launch import job_launch
from sweeps_app.services.jobs import job_claim
from sweeps_app.services.programs import ProgramDetails, program_register
from sweeps_app.worker import execute
from sweeps_app.worker.environment import JobFolder
from sweeps_app.worker.preparation import prepare
from tests.factories import make_sweep, make_user, make_worker
from tests.git_repository import commit

pytestmark = pytest.mark.django_db

State = AgentJob.State
# Reads a file beside it, imports what lies beside it and the SDK, and leaves a file behind.
SCRIPT = """
import os, subprocess, sys
from pathlib import Path
import helper, sweepdeck
print("data", Path("data.txt").read_text(), helper.NAME, sweepdeck.__version__)
Path("left.txt").write_text("x")
print("env", os.environ["PLAIN"], sys.executable)
print("tests" in sys.modules or any((Path(p) / "manage.py").exists() for p in sys.path if p))
"""


@pytest.fixture
def sweep():
    return make_sweep(make_user("ada"))


@pytest.fixture
def folder(tmp_path, settings):
    """The folder of a program, under an allowed root."""
    settings.PROGRAM_ROOTS = [tmp_path / "root"]
    folder = tmp_path / "root" / "model"
    folder.mkdir(parents=True)
    for name, text in (("train.py", SCRIPT), ("helper.py", "NAME = 'helper'"), ("data.txt", "42")):
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def run(sweep):
    """Register a program, let a worker run a job of it, and return the job with what it printed."""

    def call(source, before=lambda: None, **more):
        given = {"kind": "folder", "source": str(source), "entry": "script", "script": "train.py"} | more
        details = ProgramDetails(**given)
        program_register(user=sweep.created_by, project=sweep.project, name="train", details=details)
        job = job_launch(user=sweep.created_by, sweep=sweep, program="train")
        before()
        execute.execute_job(job_claim(job_id=job.job_id, worker=make_worker()))
        job.refresh_from_db()
        return job, output_tails([job])[job.pk]

    return call


def test_a_folder_is_run_as_if_in_it_and_stays_as_it_was(run, folder):
    before = sorted(folder.iterdir())
    job, said = run(folder, environment={"PLAIN": "yes"})
    assert (job.state, job.commit) == (State.FINISHED, ""), said
    assert "data 42 helper " in said
    assert f"env yes {sys.executable}\nFalse\n" in said
    assert sorted(path for path in folder.iterdir() if path.name != "__pycache__") == before


def test_a_repository_is_run_at_its_pinned_commit(run, tmp_path, settings):
    settings.PROGRAM_GIT = [f"file://{tmp_path}/git"]
    folder = tmp_path / "git" / "model"
    script = "import subprocess; subprocess.run(['git', 'log', '--format=%H'])"
    pinned = commit(folder, "train.py", script)
    git = {"kind": "git", "revision": "main"}
    job, said = run(f"file://{folder}", before=lambda: commit(folder, "train.py", "newer"), **git)
    assert (job.state, job.commit) == (State.FINISHED, pinned), said
    assert said.splitlines()[1:] == [pinned]  # the commit without what came before it


def test_an_interpreter_is_taken_from_its_virtual_environment(sweep, folder):
    place = folder / ".venv" / "bin"
    place.mkdir(parents=True)
    (place / "python").symlink_to(sys.executable)
    (folder / ".venv" / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\n")
    details = ProgramDetails("folder", str(folder), python=".venv/bin/python", secrets=[])
    program_register(user=sweep.created_by, project=sweep.project, name="train", details=details)
    job = job_launch(user=sweep.created_by, sweep=sweep, program="train")
    job = job_claim(job_id=job.job_id, worker=make_worker())
    prepared = prepare(job, JobFolder(job), "key", lambda: False)
    assert prepared.command == [str(place / "python"), "-m", "sweepdeck", "agent", sweep.sweep_id]
    assert prepared.environment["PATH"].startswith(f"{place}:")
    assert prepared.environment["VIRTUAL_ENV"] == str(folder / ".venv")
    JobFolder(job).remove()


def test_secrets_reach_the_program_and_nobody_else(run, folder, tmp_path, settings):
    settings.SECRETS_DIR = tmp_path / "secrets"
    (settings.SECRETS_DIR / "ada").mkdir(parents=True)
    (settings.SECRETS_DIR / "TOKEN").write_text("everybodys-token\n")
    (settings.SECRETS_DIR / "ada" / "TOKEN").write_text("adas own/token\n")
    (settings.SECRETS_DIR / "CERT").write_text("-----BEGIN-----\nfirst-line\nsecond-line\n")
    (folder / "train.py").write_text(
        "import os, sys, urllib.parse as u\n"
        "token, key = os.environ['TOKEN'], os.environ['SWEEPDECK_API_KEY']\n"
        "print(len(token), token, u.quote(token, safe=''), key)\n"
        "print(os.environ['CERT'], file=sys.stderr)\n"
        "sys.stdout.write(token[:4]); sys.stdout.flush()\n"
        "sys.stdout.write(token[4:])\n"
    )
    job, said = run(folder, secrets=["TOKEN", "CERT"])
    assert job.state == State.FINISHED, said
    assert said.splitlines()[1:] == ["14 *** *** ***", "***", "***", "***", "***"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: Program.objects.update(is_enabled=False), "the program 'train' was disabled"),
        (lambda: Program.objects.all().delete(), "the program 'train' was removed"),
        (lambda: Program.objects.update(source="/etc"), "must be a folder under one of"),
        (lambda: Program.objects.update(script="../../x.py"), "must be a path inside the program"),
        (lambda: Program.objects.update(python="/bin/sh"), "must stand under one of SWEEPDECK_PROGRAM_ROOTS"),
        (lambda: Program.objects.update(secrets=["TOKEN"]), "secret TOKEN: this worker has none"),
        (lambda: Program.objects.update(kind="git", source="ext::sh"), "git is turned off on this server"),
    ],
)
def test_what_may_not_run_any_more_says_so(run, folder, change, reason):
    job, said = run(folder, before=change)
    assert (job.state, job.exit_code) == (State.FAILED, None)
    assert reason in job.reason
    assert job.reason in said
    assert not JobFolder(job).path.exists()


def test_a_secret_that_could_not_be_hidden_is_refused_without_its_value(run, folder, tmp_path, settings):
    settings.SECRETS_DIR = tmp_path
    (tmp_path / "PIN").write_text("1234")
    job, said = run(folder, secrets=["PIN"])
    assert job.state == State.FAILED
    assert "PIN" in job.reason
    assert "1234" not in said
