"""Launch agent jobs of a sweep, and launch ended ones again."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from sweeps_app.errors import Conflict, FieldProblem, InvalidInput
from sweeps_app.models import AgentJob, Program, Sweep, User
from sweeps_app.models.agent import DEFAULT_QUEUE
from sweeps_app.models.identifiers import job_id_pattern, new_id, queue_name_pattern
from sweeps_app.selectors.programs import programs_to_launch
from sweeps_app.services.job_bell import job_ring
from sweeps_app.services.job_changes import sweeps_touch
from sweeps_app.services.locks import sweep_locked

MAX_AGENTS = 1_000
MAX_SLOTS = 1_024
MAX_GPUS = 64
_OVER_STATES = (Sweep.State.STOPPED, Sweep.State.CANCELED, Sweep.State.FINISHED, Sweep.State.FAILED)


@dataclass(frozen=True)
class JobSettings:
    """What an agent is to run, how many runs at the most, where, and what it needs there."""

    program: str
    count: int | None = None
    queue: str = DEFAULT_QUEUE
    slots: int = 1
    gpus: int = 0


def job_launch(*, user: User, sweep: Sweep, program: str, count: int | None = None) -> AgentJob:
    """Queue an agent of `sweep` that runs a program for at most `count` runs; raises as `job_launch_once` does."""
    return job_launch_once(user=user, sweep=sweep, wanted=JobSettings(program, count))[0]


@transaction.atomic
def job_launch_once(*, user: User, sweep: Sweep, wanted: JobSettings, job_id: str = "") -> tuple[AgentJob, bool]:
    """Queue an agent under an id that its client chose; return the job, and whether this call made it.

    Raises `InvalidInput` for settings that make no sense or an id that is not 8 lower-case letters or digits, and
    `Conflict` where it is the id of another sweep's or person's job, or the sweep is over.
    """
    registration = _checked(sweep, wanted)
    job_id = job_id or new_id()
    try:
        job_id_pattern(job_id)
    except ValidationError as error:
        raise InvalidInput.of("job_id", str(error.message)) from None
    known = AgentJob.objects.filter(job_id=job_id).first()
    if known is None:
        _require_open(sweep)
        values = _values(user, sweep, wanted, registration)
        known, created = AgentJob.objects.get_or_create(job_id=job_id, defaults=values)
        if created:
            _announce(sweep, [known])
            return known, True
    if known.sweep_id != sweep.pk or known.created_by_id != user.pk:
        raise Conflict(f"job id '{job_id}' is taken: choose another")
    return known, False


@transaction.atomic
def jobs_launch(
    *, user: User, sweep: Sweep, wanted: JobSettings, agents: int, request_id: str
) -> tuple[list[AgentJob], bool]:
    """Queue so many agents at once; return their jobs, and whether this call made them.

    The same `request_id` of the same person for the same sweep gives the same jobs again. Raises as `job_launch_once`
    does.
    """
    registration = _checked(sweep, wanted, agents)
    locked = sweep_locked(sweep.pk)
    if not request_id:
        raise InvalidInput.of("request_id", "is needed: by it a launch that is repeated starts nothing twice")
    known = AgentJob.objects.filter(sweep=sweep, created_by=user, request_id=request_id).order_by("number")
    if jobs := list(known):
        return jobs, False
    _require_open(locked or sweep)
    values = _values(user, sweep, wanted, registration)
    jobs = AgentJob.objects.bulk_create(
        AgentJob(**values, request_id=request_id, number=number) for number in range(agents)
    )
    _announce(sweep, jobs)
    return jobs, True


@transaction.atomic
def job_relaunch(*, user: User, job: AgentJob) -> tuple[AgentJob, bool]:
    """Queue an ended job's settings once more, as a new job that names it; return it, and whether this call made it.

    A job is launched again once: repeating gives the same new job, which can be launched again itself. Raises
    `Conflict` for one that has not ended, and as `job_launch_once` does.
    """
    if job.state in AgentJob.ACTIVE_STATES:
        raise Conflict(f"the job is {job.state}: stop or drain it first")
    known = AgentJob.objects.filter(relaunch_of=job).first()
    if known is not None:
        return known, False
    wanted = JobSettings(job.program, job.count, job.queue, job.slots, job.gpus)
    values = _values(user, job.sweep, wanted, _checked(job.sweep, wanted))
    _require_open(job.sweep)
    again, created = AgentJob.objects.get_or_create(relaunch_of=job, defaults=values)
    if created:
        _announce(job.sweep, [again])
    return again, created


def _checked(sweep: Sweep, wanted: JobSettings, agents: int = 1) -> Program | None:
    """Return the program under its lock, None for one of the server's own; raises `InvalidInput`."""
    problems = [
        FieldProblem(name, f"must be {least:,} to {most:,}")
        for name, value, least, most in (
            ("agents", agents, 1, MAX_AGENTS),
            ("slots", wanted.slots, 1, MAX_SLOTS),
            ("gpus", wanted.gpus, 0, MAX_GPUS),
        )
        if not least <= value <= most
    ]
    if wanted.count is not None and wanted.count < 1:
        problems.append(FieldProblem("count", "must be 1 or more"))
    try:
        queue_name_pattern(wanted.queue)
    except ValidationError as error:
        problems.append(FieldProblem("queue", str(error.message)))
    registration = Program.objects.select_for_update().filter(project=sweep.project_id, name=wanted.program).first()
    if wanted.program not in settings.AGENT_PROGRAMS:
        problems += _program_problems(sweep, wanted.program, registration)
    if problems:
        raise InvalidInput(problems)
    return registration


def _program_problems(sweep: Sweep, name: str, registration: Program | None) -> list[FieldProblem]:
    if registration is None:
        known = ", ".join(programs_to_launch(sweep.project)) or "none"
        return [FieldProblem("program", f"'{name}' is not registered: choose one of {known}")]
    if not registration.is_enabled:
        return [FieldProblem("program", f"'{name}' is disabled: an admin of the project can enable it")]
    return []


def _require_open(sweep: Sweep) -> None:
    if sweep.state in _OVER_STATES:
        raise Conflict(f"the sweep is {sweep.state}: it has no runs for further agents")


def _values(user: User, sweep: Sweep, wanted: JobSettings, registration: Program | None) -> dict[str, object]:
    return {
        "project_id": sweep.project_id,
        "sweep": sweep,
        "program": wanted.program,
        "registration": registration,
        "count": wanted.count,
        "queue": wanted.queue,
        "slots": wanted.slots,
        "gpus": wanted.gpus,
        "created_by": user,
    }


def _announce(sweep: Sweep, jobs: list[AgentJob]) -> None:
    sweeps_touch([sweep.pk])
    for job in jobs:
        job_ring(job)
