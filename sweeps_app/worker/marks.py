"""Processes of jobs, found by a mark in their environment: also those that have left the job's process group.

Every process that a job starts inherits the mark, which names the worker, the job, its attempt and its graphics cards.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import psutil

from sweeps_app.models import AgentJob, Worker
from sweeps_app.worker.alive import is_known_dead

MARK = "SWEEPDECK_JOB_MARK"


class Mark(NamedTuple):
    """What a process belongs to."""

    worker_id: str
    job_id: str
    attempt: str
    gpus: str

    @classmethod
    def of(cls, job: AgentJob, worker: Worker) -> "Mark":
        """Return the mark of a job's attempt."""
        return cls(worker.worker_id, job.job_id, str(job.attempt), ",".join(job.gpu_ids))

    def __str__(self) -> str:
        return "/".join(self)


def kill_marked(mark: Mark) -> None:
    """Kill every process that an attempt of a job has left."""
    _kill(process for process, found in _marked() if found == mark)


def kill_orphans() -> None:
    """Kill the processes of jobs whose worker has died; the jobs themselves are given to others."""
    _kill(process for process, found in _marked() if is_known_dead(found.worker_id))


def gpus_in_use() -> set[str]:
    """Return the graphics cards of living jobs of this machine, whether or not a job holds them still."""
    return {gpu for _, found in _marked() for gpu in found.gpus.split(",") if gpu}


def _marked() -> Iterator[tuple[psutil.Process, Mark]]:
    for process in psutil.process_iter():
        # It may end meanwhile, or be somebody else's.
        with suppress(psutil.Error, OSError):
            parts = process.environ().get(MARK, "").split("/", 3)
            if len(parts) == len(Mark._fields) and process.status() != psutil.STATUS_ZOMBIE:
                yield process, Mark(*parts)


def _kill(processes: Iterator[psutil.Process]) -> None:
    killed = []
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
            killed.append(process)
    psutil.wait_procs(killed, timeout=5)
