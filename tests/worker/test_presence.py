"""A worker says that it is there, and clears up behind those of its machine that were killed."""

import os
import socket
import subprocess
import sys

import pytest

from sweeps_app.models import AgentJob, Worker
from sweeps_app.services.job_launch import job_launch
from sweeps_app.services.jobs import job_claim
from sweeps_app.worker.alive import give_life_lock_back, is_known_dead, take_life_lock
from sweeps_app.worker.gpus import worker_gpus
from sweeps_app.worker.marks import MARK, Mark, gpus_in_use
from sweeps_app.worker.presence import Presence
from tests.factories import make_sweep, make_user, make_worker
from tests.processes.alive import PROC

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not PROC.is_dir(), reason="reads /proc")]


@pytest.fixture
def running():
    """Start a process that looks like one of a job; it ends with the test."""
    processes = []

    def call(job, worker):
        environment = os.environ | {MARK: str(Mark.of(job, worker))}
        command = [sys.executable, "-S", "-c", "import time; print(1, flush=True); time.sleep(600)"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        process.stdout.readline()
        processes.append(process)
        return process

    yield call
    for process in processes:
        process.kill()
        process.wait()


def _holding_job(worker):
    user = make_user()
    job = job_launch(user=user, sweep=make_sweep(user), program="digits")
    AgentJob.objects.filter(pk=job.pk).update(gpus=1)
    return job_claim(job_id=job.job_id, worker=worker)


def test_a_worker_is_there_from_its_start_to_its_end(settings):
    settings.WORKER_GPUS = ["2", "3", "2"]
    presence = Presence("celery@here", ["agents", "gpu"])
    row = Worker.objects.get()
    assert (row.host, row.pid, row.queues) == (socket.gethostname(), os.getpid(), ["agents", "gpu"])
    assert (row.slots, row.gpus, row.state) == (settings.WORKER_SLOTS, ["2", "3"], Worker.State.ACTIVE)
    assert not is_known_dead(row.worker_id)
    presence.leave()
    row.refresh_from_db()
    assert row.state == Worker.State.EXITED
    assert row.ended_at is not None


def test_what_a_killed_worker_left_is_killed_and_given_back_and_no_more(running):
    dead, alive, unknown = (make_worker(name, socket.gethostname(), gpus=[name]) for name in ("a", "b", "c"))
    os.close(take_life_lock(dead.worker_id))  # as the kernel does at the end of a process
    lock = take_life_lock(alive.worker_id)
    jobs = [_holding_job(worker) for worker in (dead, alive, unknown)]
    processes = [running(job, worker) for job, worker in zip(jobs, (dead, alive, unknown), strict=True)]
    assert gpus_in_use() == {"a", "b", "c"}
    presence = Presence("celery@here", ["agents"])
    assert processes[0].wait(10) is not None
    assert [process.poll() for process in processes[1:]] == [None, None]
    assert gpus_in_use() == {"b", "c"}
    states = [AgentJob.objects.get(pk=job.pk).state for job in jobs]
    assert states == [AgentJob.State.QUEUED, AgentJob.State.RUNNING, AgentJob.State.RUNNING]
    dead.refresh_from_db()
    assert dead.state == Worker.State.LOST
    presence.leave()
    give_life_lock_back(alive.worker_id, lock)


@pytest.mark.parametrize(
    ("wanted", "visible", "found"),
    [(["none"], "0,1", []), (["auto"], "4, 5", ["4", "5"]), (["auto"], "", []), (["GPU-a"], "0", ["GPU-a"])],
)
def test_cards_are_those_of_the_setting(monkeypatch, wanted, visible, found):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert worker_gpus(wanted) == found


def test_without_drivers_there_are_no_cards(monkeypatch, tmp_path):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert worker_gpus(["auto"]) == []
    command = tmp_path / "nvidia-smi"
    command.write_text("#!/bin/sh\necho 0\necho 1\n")
    command.chmod(0o700)
    assert worker_gpus(["auto"]) == ["0", "1"]
