"""Folders, scripts and interpreters of this machine that lie where the operator allows it, links resolved."""

import os
from collections.abc import Sequence
from pathlib import Path

from sweeps_app.sources.problem import SourceProblem


def allowed_folder(source: str, roots: Sequence[Path]) -> Path:
    """Return the folder that `source` resolves to; raises `SourceProblem` unless it is under one of the roots."""
    if not roots:
        raise SourceProblem("source", "folders are turned off on this server: SWEEPDECK_PROGRAM_ROOTS names none")
    if not Path(source).is_absolute():
        raise SourceProblem("source", f"must be an absolute path, not '{source}'")
    folder = _resolved(Path(source))
    if not _is_under(folder, roots):
        raise SourceProblem("source", f"must be a folder under one of {', '.join(map(str, roots))}")
    if not folder.is_dir():
        raise SourceProblem("source", f"there is no folder '{source}' on this machine")
    return folder


def script_in(folder: Path, script: str) -> Path:
    """Return the file `script` of a folder; raises `SourceProblem` unless it is one, and inside."""
    check_script_name(script)
    path = _resolved(folder / script)
    if not path.is_relative_to(_resolved(folder)):
        raise SourceProblem("script", f"'{script}' leads out of the program's folder")
    if not path.is_file():
        raise SourceProblem("script", f"there is no file '{script}' in the program's folder")
    return path


def check_script_name(script: str) -> None:
    """Raise `SourceProblem` for what cannot be the path of a file in a folder."""
    parts = Path(script).parts
    if not parts or Path(script).is_absolute() or ".." in parts or script.startswith("-"):
        raise SourceProblem("script", "must be a path inside the program, such as train.py")


def allowed_python(python: str, folder: Path | None, roots: Sequence[Path]) -> Path:
    """Return the interpreter `python`, an absolute path or one inside `folder`; raises `SourceProblem`.

    The folder that it stands in must be under a root. The file itself may be a link to elsewhere, as it is in virtual
    environments, and is not resolved: by its place an interpreter finds its packages.
    """
    path = Path(python)
    if not path.is_absolute():
        if folder is None:
            raise SourceProblem("python", "must be an absolute path: a checkout holds no interpreter")
        path = folder / path
    place = _resolved(path.parent)
    if not roots or not _is_under(place, roots):
        named = f" ({', '.join(map(str, roots))})" if roots else ", and there is none"
        raise SourceProblem("python", f"must stand under one of SWEEPDECK_PROGRAM_ROOTS{named}")
    path = place / path.name
    if not path.is_file() or not os.access(path, os.X_OK):
        raise SourceProblem("python", f"'{python}' is no file on this machine that can be executed")
    return path


def _is_under(path: Path, roots: Sequence[Path]) -> bool:
    return any(path.is_relative_to(_resolved(root)) for root in roots)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a circle of links; a NUL
        raise SourceProblem("source", f"'{path}' cannot be resolved") from None
