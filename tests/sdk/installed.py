"""The SDK as `pip install` leaves it: built from a copy of the repository, alone with its one dependency."""

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import urllib3

from tests.sdk.script import ROOT


def build_wheel(folder: Path) -> Path:
    """Build the wheel from a copy, so that nothing is left behind in the checkout."""
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "sweepdeck", source / "sweepdeck", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> str:
    """Make an environment that holds the wheel and urllib3, and return its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    shutil.copytree(Path(urllib3.__file__).parent, packages / "urllib3")
    return str(folder / "bin" / "python")
