"""From a job to a command: what was registered is checked again, fetched, and put into the job's own folder."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from sweeps_app.config.env import BASE_DIR
from sweeps_app.models import AgentJob, Program
from sweeps_app.sources.folders import allowed_folder, allowed_python, script_in
from sweeps_app.sources.git import allowed_address, checkout
from sweeps_app.sources.problem import SourceProblem
from sweeps_app.worker.environment import JobFolder, agent_environment
from sweeps_app.worker.secrets import NoSecret, read_secrets

# Names the variables whose values the SDK hides in the output of runs, too.
HIDDEN_NAMES = "SWEEPDECK_SECRET_NAMES"


class Unrunnable(Exception):
    """The job cannot be run here, and why."""


@dataclass(frozen=True)
class Prepared:
    """What is to be started: a command, its environment, and which values in it are secret."""

    command: Sequence[str]
    environment: Mapping[str, str]
    secrets: Sequence[str]


def prepare(job: AgentJob, folder: JobFolder, key: str, is_over: Callable[[], bool]) -> Prepared:
    """Make the job's folder and return what is to be started in it; raises `Unrunnable`.

    `is_over` is asked while something is fetched, and may end that by `git.Interrupted`.
    """
    folder.make()
    if job.registration is None and job.program in settings.AGENT_PROGRAMS:
        folder.work.mkdir()
        environment = agent_environment(job, folder, key) | {"PYTHONPATH": str(BASE_DIR)}
        return Prepared(settings.AGENT_PROGRAMS[job.program], environment, [key])
    program = _registered(job)
    try:
        secrets = read_secrets(program.secrets, job.project.entity.name, settings.SECRETS_DIR)
        source = _place_source(job, program, folder, is_over)
        python = _python(program, source)
        command = [str(python or sys.executable), *_arguments(job, program, folder)]
    except (SourceProblem, NoSecret, OSError) as problem:
        raise Unrunnable(f"the program '{job.program}' cannot run here: {problem}") from None
    # The program imports the SDK that this server came with, and nothing else of ours.
    (folder.packages / "sweepdeck").symlink_to(BASE_DIR / "sweepdeck")
    environment = agent_environment(job, folder, key, python) | program.environment | secrets
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(folder.packages), program.environment.get("PYTHONPATH")])
    )
    environment[HIDDEN_NAMES] = ",".join(secrets)
    return Prepared(command, environment, [key, *secrets.values()])


def _registered(job: AgentJob) -> Program:
    if job.registration is None:
        raise Unrunnable(f"the program '{job.program}' was removed")
    if not job.registration.is_enabled:
        raise Unrunnable(f"the program '{job.program}' was disabled")
    return job.registration


def _place_source(job: AgentJob, program: Program, folder: JobFolder, is_over: Callable[[], bool]) -> Path | None:
    """Make the folder in which the job works; return the program's own folder where it has one."""
    if program.kind == Program.Kind.GIT:
        address = allowed_address(program.source, settings.PROGRAM_GIT)
        cache = Path(settings.DATA_DIR) / "programs"
        checkout(address, job.commit, folder.work, cache=cache, is_over=is_over)
        return None
    source = allowed_folder(program.source, settings.PROGRAM_ROOTS)
    folder.work.mkdir()
    for entry in source.iterdir():
        (folder.work / entry.name).symlink_to(entry)
    return source


def _python(program: Program, source: Path | None) -> Path | None:
    return allowed_python(program.python, source, settings.PROGRAM_ROOTS) if program.python else None


def _arguments(job: AgentJob, program: Program, folder: JobFolder) -> list[str]:
    if program.entry == Program.Entry.SWEEP:
        return ["-m", "sweepdeck", "agent", job.sweep.sweep_id]
    if program.kind == Program.Kind.GIT:
        script_in(folder.work, program.script)
    else:
        script_in(allowed_folder(program.source, settings.PROGRAM_ROOTS), program.script)
    return [program.script]
