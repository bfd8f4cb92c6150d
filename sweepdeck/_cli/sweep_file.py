"""A sweep's configuration as a YAML file, which knows where each value stands."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from sweepdeck._cli.bad_file import BadFile, Problem
from sweepdeck._errors import UsageError
from sweepdeck._values import storable_items

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
# What the parser says, and what helps.
_HINTS = {
    "cannot start any token": "indent with spaces, not tabs, and quote texts that begin with a special character",
    "mapping values are not allowed here": "check the indentation, and quote texts that hold ': '",
    "could not find expected ':'": "write 'name: value', with a space after the colon",
    "expected <block end>": "check the indentation: names of one level begin in one column",
    "found unknown escape character": "write backslashes in 'single quotes'",
}


class SweepFile:
    """The file `name` ("-": standard input), read at once; raises `BadFile`, or `UsageError` where there is none."""

    def __init__(self, name: str) -> None:
        self.name = "standard input" if name == "-" else name
        text = _read(name)
        try:
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
            duplicates = [] if self._root is None else list(_duplicates(self._root))
            given = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise BadFile(self.name, [_syntax_problem(error)]) from None
        except RecursionError:
            raise BadFile(
                self.name, [Problem(1, 1, "", "is nested too deeply, or refers to itself", "syntax")]
            ) from None
        if duplicates:
            raise BadFile(self.name, duplicates)
        if not isinstance(given, dict):
            raise BadFile(self.name, [Problem(1, 1, "", "has to begin with names such as 'method:' and 'parameters:'")])
        wrong: list[tuple[str, str]] = []
        self.config = storable_items(given, lambda path, reason: wrong.append((path, reason)))
        if wrong:
            raise self.refused([(path, reason, "invalid") for path, reason in wrong])

    def refused(self, problems: Sequence[tuple[str, str, str]]) -> BadFile:
        """Return the error for problems as an `ApiError` has them, each at its place."""
        placed = []
        for attribute, message, code in problems:
            path = attribute.removeprefix("config").removeprefix(".")
            placed.append(Problem(*self.place(path), path, message, code))
        return BadFile(self.name, placed)

    def place(self, path: str) -> tuple[int, int]:
        """Return line and column (from 1) of the field with a dotted path, or of what is nearest above it."""
        mark, node = None if self._root is None else self._root.start_mark, self._root
        steps = [match[0].strip("[]") for match in _STEP.finditer(path)]
        while steps and node is not None:
            found, used = _inner(node, steps)
            if found is None:
                break
            mark, node, steps = found[0].start_mark, found[1], steps[used:]
        return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _read(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{name} is no text in UTF-8") from None
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None


def _inner(node: yaml.Node, steps: Sequence[str]) -> tuple[tuple[yaml.Node, yaml.Node] | None, int]:
    """Return what the first steps of a path lead to, as (where it stands, its value), and how many steps that were."""
    if isinstance(node, yaml.SequenceNode) and steps[0].isdecimal() and int(steps[0]) < len(node.value):
        item = node.value[int(steps[0])]
        return (item, item), 1
    if isinstance(node, yaml.MappingNode):
        # A name may hold dots itself.
        for used in range(len(steps), 0, -1):
            name = ".".join(steps[:used])
            for key, value in node.value:
                if key.value == name:
                    return (key, value), used
    return None, 0


def _duplicates(node: yaml.Node, above: str = "") -> Iterator[Problem]:
    """Find names that are given twice, of which YAML would silently take the last."""
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _duplicates(item, f"{above}[{number}]")
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            path = f"{above}.{name}" if above else name
            if name in seen and name != "<<":
                at = key.start_mark
                yield Problem(at.line + 1, at.column + 1, path, f"is given in line {seen[name]} already", "duplicate")
            seen[name] = key.start_mark.line + 1
            yield from _duplicates(value, path)


def _syntax_problem(error: Any) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    message = getattr(error, "problem", None) or str(error)
    hint = next((f": {help_}" for said, help_ in _HINTS.items() if said in message), "")
    line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
    return Problem(line, column, "", f"is no YAML: {message}{hint}", "syntax")
