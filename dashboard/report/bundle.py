"""Our ES modules as one classic script, since a file that is opened from disk may not load modules.

Only the forms of import and export that our modules use are understood, and any other is refused: named imports from
relative paths, imports for their effect, and declarations that are exported where they stand.
"""

import re
from pathlib import Path

_IMPORT = re.compile(
    r'^import\s+(?:\{(?P<names>[^}]*)\}\s*from\s+)?"(?P<path>\.[^"]+)";(?:[ \t]*//[^\n]*)?$', re.MULTILINE
)
_EXPORT = re.compile(
    r"^export (?=(?:async function|function|class|const)\b\*?\s*(?P<name>[A-Za-z_$][\w$]*))", re.MULTILINE
)
_UNKNOWN = re.compile(r"^\s*(?:import|export)\b.*|\bimport\(.*", re.MULTILINE)


class BundleError(Exception):
    """A module uses what cannot be put into one script."""


def bundle(entry: Path) -> str:
    """Return the module `entry` with all that it imports, each module once and in a scope of its own.

    Raises `BundleError` for a form of import or export that is not understood, a circle of imports, and a module that
    does not exist.
    """
    order: list[Path] = []
    _collect(entry.resolve(), (), order)
    names = {path: f"module{place}" for place, path in enumerate(order)}
    scopes = "\n".join(_scope(path, names) for path in order)
    return f'(() => {{\n"use strict";\n{scopes}\n}})();\n'


def _collect(path: Path, above: tuple[Path, ...], order: list[Path]) -> None:
    """Add a module to `order`, after those that it imports."""
    if path in above:
        raise BundleError(f"{' imports '.join(one.name for one in (*above, path))}: a circle")
    if path in order:
        return
    if not path.is_file():
        raise BundleError(f"{above[-1].name if above else 'nobody'} imports {path.name}, which does not exist")
    for found in _IMPORT.finditer(path.read_text()):
        _collect((path.parent / found["path"]).resolve(), (*above, path), order)
    order.append(path)


def _scope(path: Path, names: dict[Path, str]) -> str:
    text = path.read_text()
    exported = [found["name"] for found in _EXPORT.finditer(text)]

    def imported(found: re.Match[str]) -> str:
        if found["names"] is None:
            return ""
        wanted = ", ".join(" ".join(name.split()).replace(" as ", ": ") for name in found["names"].split(","))
        return f"const {{ {wanted} }} = {names[(path.parent / found['path']).resolve()]};"

    body = _EXPORT.sub("", _IMPORT.sub(imported, text))
    if unknown := _UNKNOWN.search(body):
        raise BundleError(f"{path.name}: cannot bundle `{unknown[0].strip()}`")
    return f"const {names[path]} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();"
