"""A configuration as YAML text that knows where each value stands."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from sweeps_app.search.problems import join

_MAX_NODES = 100_000
_MAX_DEPTH = 40
_TAG = "tag:yaml.org,2002:"
# What JSON has, too.
_PLAIN = {_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq")}
# What the parser says, and what helps.
_HINTS = {
    "cannot start any token": "indent with spaces, not tabs, and quote texts that begin with a special character",
    "mapping values are not allowed here": "check the indentation, and quote texts that hold ': '",
    "could not find expected ':'": "write 'name: value', with a space after the colon",
    "expected <block end>": "check the indentation: names of one level begin in one column",
    "found unknown escape character": "write backslashes in 'single quotes'",
}


class Place(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


class YamlProblem(Exception):
    """The text is no YAML that a configuration can be; `path` is the field, "" where there is none."""

    def __init__(self, message: str, place: Place | None, path: str = "") -> None:
        super().__init__(message)
        self.message, self.place, self.path = message, place, path


class YamlText(NamedTuple):
    """What the text says, and where each field stands by its dotted path, as in the problems of a check."""

    config: Any
    places: Mapping[str, Place]

    def place(self, path: str) -> Place | None:
        """Return where a field stands, or the nearest one around it."""
        while path and path not in self.places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.places.get(path)


def read_yaml(text: str) -> YamlText:
    """Return what a text says; raises `YamlProblem` for what is no YAML, a key that is there twice, or too much.

    Aliases count as what they stand for, so that a short text cannot become a huge configuration.
    """
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if root is None:
            return YamlText(None, {})
        places = _places(root)
        return YamlText(loader.construct_document(root), places)
    except yaml.MarkedYAMLError as error:
        raise YamlProblem(_said(error), _of_mark(error.problem_mark or error.context_mark)) from None
    except yaml.reader.ReaderError as error:
        place = Place(text.count("\n", 0, error.position) + 1, error.position - text.rfind("\n", 0, error.position))
        raise YamlProblem("holds a character that YAML does not allow: remove it", place) from None
    except (ValueError, RecursionError, TypeError) as error:
        what = (
            "is nested too deeply"
            if isinstance(error, RecursionError)
            else f"holds a value that cannot be read: {error}"
        )
        raise YamlProblem(what, None) from None


def _places(root: yaml.Node) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for count, (path, node) in enumerate(_walk(root, "", 0)):
        if count >= _MAX_NODES:
            raise YamlProblem(f"has more than {_MAX_NODES:,} values, those behind aliases counted", None)
        places.setdefault(path, Place(node.start_mark.line + 1, node.start_mark.column + 1))
    return places


def _walk(node: yaml.Node, path: str, depth: int) -> Iterator[tuple[str, yaml.Node]]:
    """Yield each field's path with its key, or the entry of a list."""
    if depth > _MAX_DEPTH:
        raise YamlProblem(f"is nested deeper than {_MAX_DEPTH} levels", _of_mark(node.start_mark), path)
    if not path:
        yield "", node
    if node.tag not in _PLAIN:
        kind = node.tag.removeprefix(_TAG)
        raise YamlProblem(
            f"is a {kind} to YAML, which a configuration cannot hold: quote it", _of_mark(node.start_mark), path
        )
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name, here = _key(key, path, seen)
            seen.add(name)
            yield here, key
            yield from _walk(value, here, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            yield f"{path}[{i}]", value
            yield from _walk(value, f"{path}[{i}]", depth + 1)


def _key(key: yaml.Node, path: str, seen: set[str]) -> tuple[str, str]:
    """Return a key and the path of its field; raises `YamlProblem` for one that is no text, or there before."""
    place = _of_mark(key.start_mark)
    if key.tag == f"{_TAG}merge":
        return "<<", path
    if not isinstance(key, yaml.ScalarNode) or key.tag != f"{_TAG}str":
        shown = f"the key {key.value}" if isinstance(key, yaml.ScalarNode) else "a key"
        raise YamlProblem(f"{shown} must be text: quote it", place, path)
    here = join(path, key.value)
    if key.value in seen:
        raise YamlProblem(f"the key '{key.value}' is there twice: the last one would win; remove one", place, here)
    return key.value, here


def _of_mark(mark: Any) -> Place | None:
    return Place(mark.line + 1, mark.column + 1) if mark else None


def _said(error: yaml.MarkedYAMLError) -> str:
    said = str(error.problem or error.context or "cannot be read")
    hint = next((help_ for sign, help_ in _HINTS.items() if sign in said), "")
    return f"is no YAML: {said}{f'; {hint}' if hint else ''}"
