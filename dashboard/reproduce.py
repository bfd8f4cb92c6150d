"""How to run a configuration again by hand: as a shell, as Python, and the configuration itself."""

import json
import shlex
from collections.abc import Mapping
from functools import lru_cache
from pprint import pformat
from typing import Any, NamedTuple

from django.conf import settings

from sweeps_app.models import Run, RunFile, SweepVersion
from sweeps_app.search.command_line import CONFIG_FILE, DEFAULT_COMMAND, command_line
from sweeps_app.services.objects import object_open

_METADATA = "wandb-metadata.json"  # what the wandb client notes of a run's process
_MAX_METADATA = 1_000_000
_WIDTH = 88


class Reproduction(NamedTuple):
    """What to type. `shell` is empty where it is not known how the program was started; `note` says what to know."""

    shell: str
    python: str
    config: str
    commit: str
    note: str


class _Origin(NamedTuple):
    """Where a run's program came from, as far as it was recorded."""

    program: str = ""
    arguments: tuple[str, ...] = ()
    interpreter: str = ""
    remote: str = ""
    commit: str = ""
    is_recorded: bool = False


def reproduction(run: Run) -> Reproduction:
    """Return how to run a run's configuration again, as a new run of its project."""
    origin = _origin(run)
    config = {name: value for name, value in run.config.items() if not name.startswith("_")}
    line, note = _command(run, config, origin)
    return Reproduction(
        shell="\n".join([*_checkout(origin), *_environment(run), *_config_file(line, config), line]) if line else "",
        python=_python(run, config),
        config=_json(config),
        commit=origin.commit,
        note=note,
    )


def _command(run: Run, config: Mapping[str, Any], origin: _Origin) -> tuple[str, str]:
    """Return the line that starts the program, and what one has to know of it."""
    sweep = _sweep_config(run)
    program = str(sweep.get("program") or "")
    interpreter = shlex.quote(origin.interpreter) if origin.interpreter else "python"
    if program:
        line = command_line(
            sweep.get("command") or DEFAULT_COMMAND, program=program, config=config, interpreter=interpreter
        )
        if line is not None:
            return (
                line,
                "As the sweep's agents start it. A program that reads wandb.config alone needs the Python below.",
            )
    if origin.is_recorded:
        words = [interpreter, *map(shlex.quote, (origin.program, *origin.arguments))]
        return " ".join(words), "As the client has recorded it."
    if origin.program:
        note = "The arguments that it was started with are not recorded; the configuration is below."
        return f"{interpreter} {shlex.quote(origin.program)}", note
    return "", "How the program was started is not recorded: the sweep names no program, and neither did the run."


def _sweep_config(run: Run) -> Mapping[str, Any]:
    """Return the configuration of the sweep in the version that made the run."""
    if run.sweep is None:
        return {}
    if run.suggestion is not None and run.suggestion.version != run.sweep.version:
        version = SweepVersion.objects.filter(sweep=run.sweep, number=run.suggestion.version).first()
        if version is not None:
            return dict(version.config)
    return dict(run.sweep.config)


def _origin(run: Run) -> _Origin:
    file = RunFile.objects.filter(run=run, path=_METADATA, size__lte=_MAX_METADATA).first()
    recorded = _recorded(file.content) if file is not None else _Origin()
    if recorded.is_recorded:
        return recorded
    job = run.agent.job if run.agent is not None and run.agent.job_id is not None else None
    if job is None or job.registration is None:
        return _Origin(program=run.program)
    remote = job.registration.source if job.commit else ""
    return _Origin(run.program, interpreter=job.registration.python, remote=remote, commit=job.commit)


@lru_cache(maxsize=256)
def _recorded(name: str) -> _Origin:
    """Return what the wandb client has noted in a stored object, whose content never changes."""
    try:
        with object_open(name) as content:
            noted = json.loads(content.read())
    except (OSError, ValueError):
        return _Origin()
    if not isinstance(noted, dict) or not isinstance(noted.get("program"), str):
        return _Origin()
    git, arguments = noted.get("git"), noted.get("args")
    git = git if isinstance(git, dict) else {}
    return _Origin(
        program=noted.get("codePath") or noted["program"],
        arguments=tuple(map(str, arguments)) if isinstance(arguments, list) else (),
        remote=str(git.get("remote") or ""),
        commit=str(git.get("commit") or ""),
        is_recorded=True,
    )


def _checkout(origin: _Origin) -> list[str]:
    if not origin.commit:
        return []
    clone = [f"git clone {shlex.quote(origin.remote)} program && cd program"] if origin.remote else []
    return [*clone, f"git checkout {shlex.quote(origin.commit)}"]


def _environment(run: Run) -> list[str]:
    values = {
        "SWEEPDECK_BASE_URL": settings.PUBLIC_URL,
        "SWEEPDECK_ENTITY": run.project.entity.name,
        "SWEEPDECK_PROJECT": run.project.name,
    }
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]


def _config_file(line: str, config: Mapping[str, Any]) -> list[str]:
    if CONFIG_FILE not in line:
        return []
    return [f"cat > {CONFIG_FILE} <<'END_OF_CONFIG'", _json(config), "END_OF_CONFIG"]


def _python(run: Run, config: Mapping[str, Any]) -> str:
    place = f"entity={run.project.entity.name!r}, project={run.project.name!r}"
    return (
        "import sweepdeck as wandb\n\n"
        f"config = {pformat(dict(config), width=_WIDTH, sort_dicts=False)}\n\n"
        f"with wandb.init({place}, config=config) as run:\n"
        "    main()  # your training function, which reads wandb.config\n"
    )


def _json(config: Mapping[str, Any]) -> str:
    return json.dumps(config, indent=2, ensure_ascii=False)
