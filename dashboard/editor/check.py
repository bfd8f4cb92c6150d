"""What the server says of a configuration while somebody writes it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dashboard.editor.yaml_text import Place, YamlProblem, YamlText, read_yaml
from sweeps_app.errors import FieldProblem, InvalidInput
from sweeps_app.json_values import storable
from sweeps_app.search.problems import Problem, Report
from sweeps_app.search.schema import check_config
from sweeps_app.search.schema_parameters import check_parameters

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Note:
    """A problem or a warning: the dotted path of its field ("" is the whole), what to do, and where in the text."""

    level: Level
    path: str
    message: str
    place: Place | None

    def as_json(self) -> dict[str, Any]:
        """Return it as the page's script takes it."""
        line, column = self.place or (None, None)
        return {"level": self.level, "path": self.path, "message": self.message, "line": line, "column": column}


@dataclass(frozen=True)
class CheckedText:
    """A configuration's text after a look.

    `given` is what it says (None where it is no YAML), `config` the normalised configuration (None where there are
    problems), `parameters` those normalised parameters that are sound whatever else is wrong.
    """

    given: Any = None
    config: dict[str, Any] | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def problems(self) -> list[Note]:
        """What refuses it."""
        return [note for note in self.notes if note.level == "error"]


def check_text(text: str, further: Callable[[dict[str, Any]], Sequence[FieldProblem]] = lambda _: ()) -> CheckedText:
    """Check the text of a configuration by the rules by which a sweep is made.

    `further` gives what else is wrong with a normalised configuration, such as what a running sweep keeps.
    """
    try:
        read = read_yaml(text)
        config = storable(read.config, "config")
    except YamlProblem as error:
        return CheckedText(notes=(Note("error", error.path, error.message, error.place),))
    except InvalidInput as error:
        return CheckedText(notes=tuple(refused_notes(error.problems, read)))
    if config is None:
        message = "is empty: write method and parameters, or add a parameter in the form"
        return CheckedText(notes=(Note("error", "", message, None),))
    checked = check_config(config)
    notes = [*_notes("error", checked.problems, read), *_notes("warning", checked.warnings, read)]
    if checked.config is not None:
        notes = [*refused_notes(further(checked.config), read), *notes]
    return CheckedText(config, checked.config, _sound_parameters(config, checked.config), tuple(notes))


def refused_notes(problems: Iterable[FieldProblem], read: YamlText) -> list[Note]:
    """Return the problems of a service, whose fields begin with "config", at their places in the text."""
    paths = [problem.field.removeprefix("config").removeprefix(".") for problem in problems]
    return [Note("error", path, p.message, read.place(path)) for path, p in zip(paths, problems, strict=True)]


def _notes(level: Level, problems: Iterable[Problem], read: YamlText) -> list[Note]:
    return [Note(level, problem.path, problem.message, read.place(problem.path)) for problem in problems]


def _sound_parameters(given: Any, config: dict[str, Any] | None) -> dict[str, Any]:
    if config is not None:
        return dict(config["parameters"])
    return check_parameters(Report(), given) if isinstance(given, dict) and "parameters" in given else {}
