"""A worker runs a job's program to its end, and clears up behind it, whatever the program does."""

import json
import sys

import pytest

from sweeps_app import tasks
from sweeps_app.models import AgentJob, ApiKey
from sweeps_app.selectors.jobs import output_tails
from sweeps_app.services.job_launch import JobSettings, job_launch_once
from sweeps_app.services.jobs import job_beat, job_claim, job_stop
from sweeps_app.worker import execute
from sweeps_app.worker.environment import JobFolder
from tests.factories import make_sweep, make_user, make_worker
from tests.processes.alive import PROC, processes_of, wait_for

pytestmark = pytest.mark.django_db

State = AgentJob.State

TELL = "import json, os; print(json.dumps([dict(os.environ), os.getcwd()]))"
# Ends well when it is interrupted, as an agent does.
POLITE = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
print("ready", flush=True)
time.sleep(600)
"""
LEAVES_CHILDREN = """
import subprocess, sys
for session in (False, True):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=session)
"""


@pytest.fixture
def launch(settings):
    """Return the job, queued, that runs `code`."""

    def call(code, **wanted):
        user = make_user()
        settings.AGENT_PROGRAMS = {"code": [sys.executable, "-c", code]}
        return job_launch_once(user=user, sweep=make_sweep(user), wanted=JobSettings("code", 3, **wanted))[0]

    return call


@pytest.fixture
def claim(launch):
    """Return the job, claimed, that runs `code`."""

    def call(code, **wanted):
        worker = make_worker(gpus=["0", "1", "2"])
        return job_claim(job_id=launch(code, **wanted).job_id, worker=worker)

    return call


def _executed(job):
    execute.execute_job(job)
    job.refresh_from_db()
    return job


def _said(job):
    """Return what the program has printed: the worker's own line comes first."""
    return output_tails([job]).get(job.pk, "").partition("\n")[2]


def _says_ready(job):
    return "ready" in _said(job)


def test_a_program_gets_its_task_and_none_of_the_servers_secrets(claim, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_SECRET_KEY", "hidden")
    monkeypatch.setenv("SOME_TOKEN", "hidden")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    job = _executed(claim(TELL, gpus=2, slots=3))
    assert (job.state, job.exit_code) == (State.FINISHED, 0)
    environment, folder = json.loads(_said(job))
    assert "hidden" not in _said(job)
    assert folder == str(JobFolder(job).work)
    assert environment["HOME"] == str(JobFolder(job).home)
    assert environment["SWEEPDECK_SWEEP_ID"] == job.sweep.sweep_id
    assert (environment["SWEEPDECK_JOB_ID"], environment["SWEEPDECK_AGENT_COUNT"]) == (job.job_id, "3")
    assert (environment["CUDA_VISIBLE_DEVICES"], environment["OMP_NUM_THREADS"]) == ("0,1", "3")
    assert environment["SWEEPDECK_API_KEY"] == "***"
    assert ApiKey.objects.get().revoked_at is not None
    assert not JobFolder(job).path.exists()


def test_the_output_begins_with_where_the_job_runs(claim):
    job = _executed(claim("pass", gpus=1))
    assert output_tails([job])[job.pk] == "[sweepdeck] attempt 1 on worker-1, GPU 0\n"
    assert json.loads(_said(_executed(claim(TELL))))[0]["CUDA_VISIBLE_DEVICES"] == ""


def test_a_failure_keeps_what_the_program_said(claim):
    job = _executed(claim("import sys; print('so far'); sys.exit('no such data')"))
    assert (job.state, job.exit_code) == (State.FAILED, 1)
    assert _said(job) == "so far\nno such data\n"


def test_a_program_that_is_killed_has_failed(claim):
    job = _executed(claim("import os; os.kill(os.getpid(), 9)"))
    assert (job.state, job.exit_code) == (State.FAILED, -9)


def test_a_job_is_stopped_while_it_runs(claim, monkeypatch):
    def beat(*, job, output, pid):
        must_stop = job_beat(job=job, output=output, pid=pid)
        if _says_ready(job):
            job_stop(job=job)
        return must_stop

    monkeypatch.setattr(execute, "job_beat", beat)
    assert _executed(claim(POLITE)).state == State.STOPPED


def test_a_worker_that_shuts_down_gives_the_job_back_though_its_agent_ends_well(claim, monkeypatch):
    job = claim(POLITE)
    monkeypatch.setattr(execute, "is_shutting_down", lambda: _says_ready(job))
    _executed(job)
    assert (job.state, job.attempt, job.exit_code) == (State.QUEUED, 0, None)
    assert not JobFolder(job).path.exists()


@pytest.mark.skipif(not PROC.is_dir(), reason="reads /proc")
def test_what_a_program_leaves_running_ends_with_it(claim):
    job = _executed(claim(LEAVES_CHILDREN))
    assert job.state == State.FINISHED
    wait_for(lambda: processes_of(JobFolder(job).path) == {})


@pytest.fixture
def worker(monkeypatch):
    """The row of this process as a worker of two slots."""
    row = make_worker(slots=2)
    monkeypatch.setattr(tasks, "this_worker", lambda: row)
    return row


def test_a_worker_without_room_leaves_the_job_to_others(launch, worker):
    job = launch("pass", slots=3)
    tasks.run_agent_job(job.job_id)
    job.refresh_from_db()
    assert job.state == State.QUEUED


def test_its_room_is_free_again_after_a_job(launch, worker, sent_tasks, django_capture_on_commit_callbacks):
    first, second = launch("pass", slots=2), launch("pass", slots=2)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.run_agent_job(first.job_id)
    assert sent_tasks[-1] == ("sweeps_app.tasks.run_agent_job", {"job_id": second.job_id})
    tasks.run_agent_job(second.job_id)
    assert set(AgentJob.objects.values_list("state", "worker")) == {(State.FINISHED, worker.pk)}


def test_a_process_that_is_no_worker_runs_nothing(launch):
    job = launch("pass")
    tasks.run_agent_job(job.job_id)
    job.refresh_from_db()
    assert job.state == State.QUEUED
