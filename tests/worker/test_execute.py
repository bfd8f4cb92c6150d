"""A worker runs a job's program to its end, and clears up behind it, whatever the program does."""

import json
import os
import sys
from pathlib import Path

import pytest
from django.conf import settings

from sweeps_app import tasks
from sweeps_app.models import AgentJob, ApiKey
from sweeps_app.services.jobs import job_beat, job_claim, job_launch, job_stop
from sweeps_app.worker import execute
from tests.factories import make_sweep, make_user
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
LEAVES_A_CHILD = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"


@pytest.fixture
def claim(settings):
    """Return the job, claimed, that runs `code`."""

    def call(code):
        user = make_user()
        settings.AGENT_PROGRAMS = {"code": [sys.executable, "-c", code]}
        job = job_launch(user=user, sweep=make_sweep(user), program="code", count=3)
        return job_claim(job_id=job.job_id, worker="worker-1")

    return call


def _executed(job):
    execute.execute_job(job)
    job.refresh_from_db()
    return job


def _says_ready(job):
    return "ready" in AgentJob.objects.get(pk=job.pk).output_tail


def _folder(job):
    return Path(settings.DATA_DIR) / "jobs" / job.job_id


def test_a_program_gets_its_task_and_none_of_the_servers_secrets(claim, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_SECRET_KEY", "hidden")
    monkeypatch.setenv("SOME_TOKEN", "hidden")
    job = _executed(claim(TELL))
    assert (job.state, job.exit_code) == (State.FINISHED, 0)
    environment, folder = json.loads(job.output_tail)
    assert "hidden" not in job.output_tail
    assert environment["HOME"] == folder == str(_folder(job))
    assert environment["SWEEPDECK_SWEEP_ID"] == job.sweep.sweep_id
    assert (environment["SWEEPDECK_JOB_ID"], environment["SWEEPDECK_AGENT_COUNT"]) == (job.job_id, "3")
    key = ApiKey.objects.get(prefix=environment["SWEEPDECK_API_KEY"][:8])
    assert key.revoked_at is not None
    assert not _folder(job).exists()


def test_a_failure_keeps_what_the_program_said(claim):
    job = _executed(claim("import sys; print('so far'); sys.exit('no such data')"))
    assert (job.state, job.exit_code) == (State.FAILED, 1)
    assert job.output_tail == "so far\nno such data\n"


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
    assert not _folder(job).exists()


@pytest.mark.skipif(not PROC.is_dir(), reason="reads /proc")
def test_what_a_program_leaves_running_ends_with_it(claim):
    job = _executed(claim(LEAVES_A_CHILD))
    assert job.state == State.FINISHED
    wait_for(lambda: processes_of(_folder(job)) == {})


def test_a_worker_without_a_free_slot_leaves_the_job_to_others(monkeypatch):
    user = make_user()
    job = job_launch(user=user, sweep=make_sweep(user), program="digits")
    taken = [tasks._slots.acquire(blocking=False) for _ in range(settings.WORKER_SLOTS)]
    try:
        tasks.run_agent_job(job.job_id)
    finally:
        for _ in filter(None, taken):
            tasks._slots.release()
    job.refresh_from_db()
    assert (all(taken), job.state) == (True, State.QUEUED)


def test_a_slot_is_free_again_after_a_job(claim, sent_tasks):
    job = claim("pass")
    AgentJob.objects.update(state=State.QUEUED)
    for _ in range(settings.WORKER_SLOTS + 1):
        tasks.run_agent_job(job.job_id)
        AgentJob.objects.update(state=State.QUEUED)
    job.refresh_from_db()
    assert job.attempt == settings.WORKER_SLOTS + 2
    assert f":{os.getpid()}:" in job.worker
