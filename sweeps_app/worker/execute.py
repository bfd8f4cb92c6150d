"""Run one claimed job to its end."""

import logging
import time

from django.conf import settings
from django.db import DatabaseError, connection

from sweeps_app.models import AgentJob
from sweeps_app.services.jobs import OUTPUT_CHARACTERS, job_beat, job_finish, job_key, job_release
from sweeps_app.worker.environment import agent_environment, make_folder, remove_folder
from sweeps_app.worker.process import AgentProcess
from sweeps_app.worker.shutdown import is_shutting_down

log = logging.getLogger(__name__)

READ_SECONDS = 0.5
BEAT_SECONDS = 1.0
SAVE_TRIES = 5


def execute_job(job: AgentJob) -> None:
    """Run the job's program until it ends, is stopped, or this worker shuts down, and record how it went."""
    process = _start(job)
    try:
        log.info("job %s: %s as process %s", job.job_id, job.program, process.pid)
        output, is_cut_short = _follow(job, process)
        code, rest = process.close()
    finally:
        process.stop()
        remove_folder(job)
    _record(job, None if is_cut_short else code, (output + rest)[-OUTPUT_CHARACTERS:])


def _start(job: AgentJob) -> AgentProcess:
    folder = make_folder(job)
    environment = agent_environment(job, folder, job_key(job=job))
    return AgentProcess(settings.AGENT_PROGRAMS[job.program], folder=folder, environment=environment)


def _follow(job: AgentJob, process: AgentProcess) -> tuple[str, bool]:
    """Pass on output and heartbeats until the process has ended.

    Return the end of its output, and whether it was cut short since this worker shuts down.
    """
    output, is_news, beat_at = "", False, 0.0
    while not process.is_over():
        said = process.read(READ_SECONDS)
        output, is_news = (output + said)[-OUTPUT_CHARACTERS:], is_news or bool(said)
        if is_shutting_down():
            return output + process.stop(), True
        if time.monotonic() >= beat_at:
            beat_at = time.monotonic() + BEAT_SECONDS
            if _must_stop(job, process.pid, output if is_news else None):
                return output + process.stop(), False
            is_news = False
    return output, False


def _must_stop(job: AgentJob, pid: int, output: str | None) -> bool:
    """Send a heartbeat; a database that is away for a while is no reason to end the work."""
    try:
        return job_beat(job=job, output=output, pid=pid)
    except DatabaseError:
        log.warning("job %s: no heartbeat, the database does not answer", job.job_id)
        connection.close()
        return False


def _record(job: AgentJob, code: int | None, output: str) -> None:
    """Record the exit code, or give the job back: an agent that is interrupted may well end with 0, its work undone."""
    for wait in range(SAVE_TRIES):
        try:
            if code is None or (is_shutting_down() and code != 0):
                job_release(job=job, output=output)
            else:
                job_finish(job=job, exit_code=code, output=output)
        except DatabaseError:
            log.warning("job %s: its end is not recorded yet, the database does not answer", job.job_id)
            connection.close()
            time.sleep(wait)
        else:
            return
