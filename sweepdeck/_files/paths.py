"""Which files a call of `save()` means, and what they are called in the run."""

import glob
import os
import re
from pathlib import Path

from sweepdeck._errors import UsageError

MAX_PATH = 500
_FORBIDDEN = re.compile("[\\\\\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def matches(given: str | os.PathLike[str], base_path: str | os.PathLike[str] | None) -> dict[str, Path]:
    """Return the files that a path or a pattern means, by their paths in the run; of a folder, all that are in it.

    The path in the run is the one from `base_path`, else from the working folder; where the file is not in there, it
    is the file's name. Raises `UsageError` for what is no path, and for files outside of a `base_path` that was named.
    """
    try:
        pattern = os.fspath(given)
    except TypeError:
        raise UsageError(f"save() takes a path or a pattern such as 'plots/*.png', not {given!r}") from None
    if not isinstance(pattern, str) or not pattern:
        raise UsageError(f"save() takes a path or a pattern such as 'plots/*.png', not {given!r}")
    found = [pattern] if Path(pattern).exists() else glob.glob(pattern, recursive=True)  # noqa: PTH207 (of any folder)
    files = [file for name in sorted(found) for file in _files(Path(name))]
    base = Path.cwd() if base_path is None else _absolute(base_path)
    return {_path_in_run(file, base, is_named=base_path is not None): file for file in files}


def problem_of(path: str) -> str:
    """Return what the server would not take of a path in a run, "" where it is fine."""
    if len(path) > MAX_PATH:
        return f"has more than {MAX_PATH} characters"
    return "holds a backslash or a control character" if _FORBIDDEN.search(path) else ""


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(below for below in path.rglob("*") if below.is_file())
    return [path] if path.is_file() else []


def _path_in_run(file: Path, base: Path, *, is_named: bool) -> str:
    whole = _absolute(file)
    if whole.is_relative_to(base):
        return whole.relative_to(base).as_posix()
    if is_named:
        raise UsageError(f"{file} is not in the base_path {base}")
    return whole.name


def _absolute(path: str | os.PathLike[str]) -> Path:
    # Not resolved: a link is called what it is called here.
    return Path(os.path.abspath(path))  # noqa: PTH100
