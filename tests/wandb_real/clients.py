"""The real client from PyPI, each version in a virtual environment of its own, which is kept for the next time."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What each version needs besides, to run on the Python of this machine.
VERSIONS = {
    "0.16.6": ("numpy<2", "pillow", "setuptools<81", "sweeps"),
    "0.19.11": ("numpy", "pillow", "sweeps"),
    "0.31.0": ("numpy", "pillow", "sweeps"),
}
NEWEST = "0.31.0"
# Stands for whatever is the newest on PyPI.
ANY = "newest"
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def cache() -> Path:
    """Return the folder where the environments are kept."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "sweepdeck" / "wandb"


def client_python(version: str) -> Path:
    """Return the interpreter of a version's environment, which is made where it is not there.

    That of `ANY` is made anew each time, with whatever is the newest version on PyPI.
    """
    client = "wandb" if version == ANY else f"wandb=={version}"
    return environment(version, [client, *VERSIONS.get(version, VERSIONS[NEWEST])], anew=version == ANY)


def environment(name: str, requirements: list[str], *, anew: bool) -> Path:
    """Return the interpreter of an environment with these packages, made where it is not there, or always `anew`."""
    folder = cache() / f"{name}-py{_PYTHON}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    wanted = " ".join(requirements)
    # Two test processes may want the same one.
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder / "made"
        if anew or not stamp.is_file() or stamp.read_text() != wanted:
            _make(folder, requirements)
            stamp.write_text(wanted)
    return folder / "bin" / "python"


def client_package(python: Path) -> Path:
    """Return the folder of the client's code in an environment."""
    return next((python.parent.parent / "lib").glob("python*/site-packages/wandb"))


def client_version(python: Path) -> str:
    """Return the version of the client in an environment."""
    said = subprocess.run(
        [python, "-c", "import importlib.metadata as m; print(m.version('wandb'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


def _make(folder: Path, requirements: list[str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], capture_output=True).returncode == 0:
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python"]
    else:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, *requirements], check=True)
