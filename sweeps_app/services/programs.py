"""Programs that agent jobs of a project may execute: register, change, remove; all by the project's admins alone."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import Conflict, FieldProblem, InvalidInput
from sweeps_app.models import AgentJob, Program, Project, User
from sweeps_app.models.identifiers import is_storable_text, program_name_pattern, variable_name_pattern
from sweeps_app.selectors.access import require_admin
from sweeps_app.services.job_changes import sweeps_touch
from sweeps_app.sources.folders import allowed_folder, allowed_python, check_script_name, script_in
from sweeps_app.sources.git import allowed_address, pinned_commit
from sweeps_app.sources.problem import SourceProblem

MAX_VARIABLES = 100
MAX_VALUE = 10_000
# What a worker itself tells a job.
_RESERVED = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "LD_PRELOAD")
_RESERVED_PREFIX = "SWEEPDECK_"


@dataclass(frozen=True)
class ProgramDetails:
    """What an admin says of a program; `Program` tells what each means."""

    kind: str
    source: str
    revision: str = ""
    entry: str = Program.Entry.SWEEP
    script: str = ""
    python: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[str] = ()


def program_register(*, user: User, project: Project, name: str, details: ProgramDetails) -> tuple[Program, bool]:
    """Return the program `name` of a project, and whether this call made it; a git revision is pinned to its commit.

    Raises `Forbidden` for whoever is not an admin of the project's entity, `InvalidInput` with what is wrong, and
    `Conflict` where the name is another program's.
    """
    require_admin(user, project)
    _check_name(name)
    known = Program.objects.filter(project=project, name=name).first()
    if known is not None and _values(_details(known)) == _values(details):
        return known, False
    values = _checked(details)
    program, created = Program.objects.get_or_create(project=project, name=name, defaults=values | {"created_by": user})
    if not created and _values(_details(program)) != _values(details):
        raise Conflict(f"there is a program '{name}' already: change it, or choose another name")
    return program, created


def program_update(*, user: User, program: Program, is_enabled: bool | None = None, **changed: Any) -> Program:
    """Change what is given, and return the program as stored; where a source or revision is, it is pinned anew.

    `changed` are fields of `ProgramDetails`. What runs already goes on; jobs that wait for a program which is disabled
    fail. Raises as `program_register` does.
    """
    require_admin(user, program.project)
    details = replace(_details(program), **changed)
    # A repository is asked only where what is said of it changes: its server may be away.
    pinned = "" if {"source", "revision"} & set(changed) else program.commit
    values = _checked(details, pinned) if changed else {}
    if is_enabled is not None:
        values["is_enabled"] = is_enabled
    with transaction.atomic():
        locked = Program.objects.select_for_update().filter(pk=program.pk).first()
        if locked is None:
            raise Conflict(f"the program '{program.name}' was removed meanwhile")
        for name, value in values.items():
            setattr(locked, name, value)
        locked.save(update_fields=[*values, "updated_at"])
        if is_enabled is False:
            _fail_waiting(locked, f"the program '{locked.name}' was disabled")
    return locked


@transaction.atomic
def program_remove(*, user: User, program: Program) -> None:
    """Remove a program; jobs that wait for it fail, one that runs goes on. Repeating it changes nothing.

    Raises `Forbidden` for whoever is not an admin of the project's entity.
    """
    require_admin(user, program.project)
    _fail_waiting(program, f"the program '{program.name}' was removed")
    Program.objects.filter(pk=program.pk).delete()


def program_check(*, name: str, details: ProgramDetails) -> None:
    """Raise `InvalidInput` with every problem of what is to be registered."""
    _check_name(name)
    _checked(details)


def _checked(details: ProgramDetails, pinned: str = "") -> dict[str, Any]:
    """Return the fields of a program that may be registered, at the commit `pinned` or a new one."""
    problems = [*_environment_problems(details.environment), *_secret_problems(details)]
    values = _values(details) | {"commit": ""}
    if details.kind not in Program.Kind.values:
        problems.append(FieldProblem("kind", f"must be one of {', '.join(Program.Kind.values)}"))
    elif details.entry not in Program.Entry.values:
        problems.append(FieldProblem("entry", f"must be one of {', '.join(Program.Entry.values)}"))
    else:
        try:
            values |= _source_checked(details, pinned)
        except SourceProblem as problem:
            problems.append(FieldProblem(problem.field, problem.message))
    if problems:
        raise InvalidInput(problems)
    return values


def _source_checked(details: ProgramDetails, pinned: str) -> dict[str, Any]:
    if (details.entry == Program.Entry.SCRIPT) != bool(details.script):
        needed = "is needed: the script that calls sweepdeck.agent()"
        raise SourceProblem("script", needed if not details.script else "is for the entry 'script' only")
    if details.kind == Program.Kind.FOLDER:
        if details.revision:
            raise SourceProblem("revision", "is for git repositories only")
        folder = allowed_folder(details.source, settings.PROGRAM_ROOTS)
        if details.script:
            script_in(folder, details.script)
        if details.python:
            allowed_python(details.python, folder, settings.PROGRAM_ROOTS)
        return {}
    if details.script:
        check_script_name(details.script)
    if details.python:
        allowed_python(details.python, None, settings.PROGRAM_ROOTS)
    if not details.revision:
        raise SourceProblem("revision", "is needed: a branch, a tag or a full commit")
    address = allowed_address(details.source, settings.PROGRAM_GIT)
    return {"commit": pinned or pinned_commit(address, details.revision)}


def _environment_problems(environment: Mapping[str, str]) -> list[FieldProblem]:
    if len(environment) > MAX_VARIABLES:
        return [FieldProblem("environment", f"has more than {MAX_VARIABLES} variables")]
    problems = []
    for name, value in environment.items():
        if not _is(variable_name_pattern, name) or _is_reserved(name):
            problems.append(FieldProblem("environment", f"'{name}' cannot be set: {_name_advice(name)}"))
        elif not isinstance(value, str) or len(value) > MAX_VALUE or not is_storable_text(value):
            problems.append(FieldProblem("environment", f"'{name}' must be a text of at most {MAX_VALUE:,} characters"))
    return problems


def _secret_problems(details: ProgramDetails) -> list[FieldProblem]:
    if len(details.secrets) > MAX_VARIABLES:
        return [FieldProblem("secrets", f"has more than {MAX_VARIABLES} names")]
    problems = []
    for name in details.secrets:
        if not _is(variable_name_pattern, name) or _is_reserved(name):
            problems.append(FieldProblem("secrets", f"'{name}' cannot be set: {_name_advice(name)}"))
        elif name in details.environment:
            problems.append(FieldProblem("secrets", f"'{name}' is in the environment, too: leave it to one of the two"))
    return problems


def _is_reserved(name: str) -> bool:
    return name in _RESERVED or name.startswith(_RESERVED_PREFIX)


def _name_advice(name: str) -> str:
    if _is_reserved(name):
        return "the worker sets it"
    return "use letters, digits or '_', not beginning with a digit"


def _check_name(name: str) -> None:
    if name in settings.AGENT_PROGRAMS:
        raise InvalidInput.of("name", f"'{name}' is one of the server's own programs: choose another name")
    try:
        program_name_pattern(name)
    except ValidationError as error:
        raise InvalidInput.of("name", str(error.message)) from None


def _is(pattern: RegexValidator, name: object) -> bool:
    try:
        pattern(name)
    except ValidationError:
        return False
    return isinstance(name, str)


def _values(details: ProgramDetails) -> dict[str, Any]:
    return asdict(details) | {"secrets": list(details.secrets)}


def _details(program: Program) -> ProgramDetails:
    return ProgramDetails(
        kind=program.kind,
        source=program.source,
        revision=program.revision,
        entry=program.entry,
        script=program.script,
        python=program.python,
        environment=program.environment,
        secrets=program.secrets,
    )


def _fail_waiting(program: Program, reason: str) -> None:
    waiting = AgentJob.objects.filter(registration=program, state=AgentJob.State.QUEUED)
    sweeps = set(waiting.values_list("sweep_id", flat=True))
    waiting.update(state=AgentJob.State.FAILED, reason=reason, finished_at=timezone.now())
    sweeps_touch(sweeps)
