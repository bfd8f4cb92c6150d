"""Run one claimed job to its end."""

import logging
import time
from dataclasses import dataclass

from django.db import DatabaseError, connection

from sweepdeck._output.mask import Mask
from sweeps_app.models import AgentJob
from sweeps_app.services.jobs import job_beat, job_finish, job_key, job_release
from sweeps_app.sources.git import Interrupted
from sweeps_app.worker.environment import JobFolder
from sweeps_app.worker.marks import MARK, Mark, kill_marked
from sweeps_app.worker.output import JobOutput
from sweeps_app.worker.preparation import Prepared, Unrunnable, prepare
from sweeps_app.worker.process import AgentProcess
from sweeps_app.worker.shutdown import is_shutting_down

log = logging.getLogger(__name__)

READ_SECONDS = 0.5
BEAT_SECONDS = 1.0
SAVE_TRIES = 5


def execute_job(job: AgentJob) -> None:
    """Run the job's program until it ends, is stopped, or this worker shuts down, and record how it went."""
    JobExecution(job).run()


@dataclass(frozen=True)
class Ending:
    """How an attempt has ended: the program's exit code, or why there is none, or that this worker shuts down."""

    code: int | None = None
    reason: str = ""
    is_cut_short: bool = False


class JobExecution:
    """One attempt of a job by this worker."""

    def __init__(self, job: AgentJob) -> None:
        if job.worker is None:
            raise ValueError("a job is executed by the worker that has claimed it")
        self._job = job
        self._folder = JobFolder(job)
        self._mark = Mark.of(job, job.worker)
        self._output = JobOutput(job.console_lines)
        self._beat_at = 0.0

    def run(self) -> None:
        """Run the program, and record how it went."""
        on = f"{self._job.worker}" + "".join(f", GPU {gpu}" for gpu in self._job.gpu_ids)
        self._output.say(f"[sweepdeck] attempt {self._job.attempt} on {on}")
        try:
            ending = self._attempt()
        finally:
            kill_marked(self._mark)
            self._folder.remove()
        if ending.reason:
            self._output.say(f"[sweepdeck] {ending.reason}")
        self._output.end()
        self._record(ending)

    def _attempt(self) -> Ending:
        try:
            prepared = prepare(self._job, self._folder, job_key(job=self._job), self._is_over)
            self._output.hide(Mask(prepared.secrets))
            return self._executed(prepared)
        except Unrunnable as problem:
            return Ending(reason=str(problem))
        except Interrupted:
            return Ending(reason="ended before its program was fetched", is_cut_short=is_shutting_down())

    def _executed(self, prepared: Prepared) -> Ending:
        environment = {**prepared.environment, MARK: str(self._mark)}
        process = AgentProcess(prepared.command, folder=self._folder.work, environment=environment)
        is_cut_short = False
        try:
            log.info("job %s: %s as process %s", self._job.job_id, self._job.program, process.pid)
            while not process.is_over() and not is_cut_short:
                self._output.feed(process.read(READ_SECONDS))
                is_cut_short = is_shutting_down()
                if is_cut_short or self._must_stop(process.pid):
                    self._output.feed(process.stop(preempts=is_cut_short))
            code, rest = process.close()
        finally:
            process.stop()
        self._output.feed(rest)
        # An agent that is interrupted may well end with 0, its work undone.
        return Ending(code, is_cut_short=is_cut_short or (is_shutting_down() and code != 0))

    def _is_over(self) -> bool:
        return is_shutting_down() or self._must_stop(None)

    def _must_stop(self, pid: int | None) -> bool:
        """Send a heartbeat when one is due; a database that is away for a while is no reason to end the work."""
        if time.monotonic() < self._beat_at:
            return False
        self._beat_at = time.monotonic() + BEAT_SECONDS
        printed = self._output.printed()
        try:
            must_stop = job_beat(job=self._job, output=printed, pid=pid)
        except DatabaseError:
            log.warning("job %s: no heartbeat, the database does not answer", self._job.job_id)
            connection.close()
            return False
        self._output.stored(printed)
        return must_stop

    def _record(self, ending: Ending) -> None:
        """Record the end, or give the job back to the queue."""
        for wait in range(SAVE_TRIES):
            printed = self._output.printed()
            try:
                if ending.is_cut_short:
                    job_release(job=self._job, output=printed)
                else:
                    job_finish(job=self._job, exit_code=ending.code, output=printed, reason=ending.reason)
            except DatabaseError:
                log.warning("job %s: its end is not recorded yet, the database does not answer", self._job.job_id)
                connection.close()
                time.sleep(wait)
            else:
                return
