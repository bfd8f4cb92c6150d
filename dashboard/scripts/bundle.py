"""Our ES modules as one script: a page has it after one request, where links from module to module take a request each.

Only the forms of import and export that our modules use are understood, and any other is refused: named and default
imports from relative paths, imports for their effect, `import()` of a relative path, declarations that are exported
where they stand, and a name that is the module's default.
"""

import re
from collections.abc import Iterator
from pathlib import Path

_IMPORT = re.compile(
    r"^import\s+(?:(?:\{(?P<names>[^}]*)\}|(?P<default>[A-Za-z_$][\w$]*))\s*from\s+)?"
    r'"(?P<path>\.[^"]+)";(?:[ \t]*//[^\n]*)?$',
    re.MULTILINE,
)
_LATE = re.compile(r'\bimport\("(?P<path>\.[^"]+)"\)')
_EXPORT = re.compile(
    r"^export (?=(?:async function|function|class|const)\b\*?\s*(?P<name>[A-Za-z_$][\w$]*))", re.MULTILINE
)
_DEFAULT = re.compile(r"^export default (?P<name>[A-Za-z_$][\w$]*);$", re.MULTILINE)
_UNKNOWN = re.compile(r"^\s*(?:import|export)\b.*|\bimport\(.*", re.MULTILINE)

# A module runs when it is imported for the first time.
_ONCE = "const once = (run) => { let made = null; return () => (made ??= run()); };"


class BundleError(Exception):
    """A module uses what cannot be put into one script."""


def modules_of(entry: Path) -> list[Path]:
    """Return the module `entry` after all that it imports, at once or late: each module once.

    Raises `BundleError` for a circle of imports, and for a module that does not exist.
    """
    order: list[Path] = []
    _collect(entry.resolve(), (), order)
    return order


def bundle(entry: Path) -> str:
    """Return the module `entry` with all that it imports, each module once and in a scope of its own.

    Raises `BundleError` as `modules_of` does, and for a form of import or export that is not understood.
    """
    order = modules_of(entry)
    names = {path: f"module{place}" for place, path in enumerate(order)}
    scopes = "\n".join(_scope(path, names) for path in order)
    return f'(() => {{\n"use strict";\n{_ONCE}\n{scopes}\n{names[order[-1]]}();\n}})();\n'


def _collect(path: Path, above: tuple[Path, ...], order: list[Path]) -> None:
    """Add a module to `order`, after those that it imports."""
    if path in above:
        raise BundleError(f"{' imports '.join(one.name for one in (*above, path))}: a circle")
    if path in order:
        return
    if not path.is_file():
        raise BundleError(f"{above[-1].name if above else 'nobody'} imports {path.name}, which does not exist")
    for imported in _imported(path):
        _collect(imported, (*above, path), order)
    order.append(path)


def _imported(path: Path) -> Iterator[Path]:
    text = path.read_text()
    for pattern in (_IMPORT, _LATE):
        for found in pattern.finditer(text):
            yield (path.parent / found["path"]).resolve()


def _scope(path: Path, names: dict[Path, str]) -> str:
    text = path.read_text()

    def name(found: re.Match[str]) -> str:
        return names[(path.parent / found["path"]).resolve()]

    def imported(found: re.Match[str]) -> str:
        if found["default"]:
            return f"const {{ default: {found['default']} }} = {name(found)}();"
        if found["names"] is None:
            return f"{name(found)}();"
        wanted = ", ".join(" ".join(one.split()).replace(" as ", ": ") for one in found["names"].split(","))
        return f"const {{ {wanted} }} = {name(found)}();"

    exported = [found["name"] for found in _EXPORT.finditer(text)]
    exported += [f"default: {found['name']}" for found in _DEFAULT.finditer(text)]
    body = _LATE.sub(lambda found: f"Promise.resolve().then({name(found)})", _IMPORT.sub(imported, text))
    body = _DEFAULT.sub("", _EXPORT.sub("", body))
    if unknown := _UNKNOWN.search(body):
        raise BundleError(f"{path.name}: cannot bundle `{unknown[0].strip()}`")
    return f"const {names[path]} = once(() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}});"
