"""Prepare the virtual environment and hand over to the server or the tests; needs nothing but Python itself.

Any Python 3 can read this file, so that one that is too old is told so in plain words.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NEEDED = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
SETS = {"server": ("requirements.txt",), "dev": ("requirements.txt", "requirements-dev.txt")}


def main(arguments: "list[str]") -> None:
    """Prepare what `arguments[0]` names (`run`, `server` or `dev`); after `run`, become the server."""
    command = arguments[0] if arguments else "run"
    use_new_enough_python(arguments)
    install(SETS["dev" if command == "dev" else "server"])
    if command == "run":
        python = str(venv_python())
        os.execv(python, [python, str(ROOT / "manage.py"), "run", *arguments[1:]])


def use_new_enough_python(arguments: "list[str]") -> None:
    """Go on under a newer Python when this one is too old, or say which one to install."""
    if sys.version_info >= NEEDED:
        return
    for name in NEWER_PYTHONS:
        path = shutil.which(name)
        if path and _succeeds([path, "-c", ""]):
            os.execv(path, [path, __file__, *arguments])
    fail(
        f"this is Python {sys.version_info[0]}.{sys.version_info[1]}, and Sweepdeck needs 3.11 or newer: install one "
        "(Debian, Ubuntu: apt install python3.11 python3.11-venv; macOS: brew install python)"
    )


def install(files: "tuple[str, ...]") -> None:
    """Install the pinned requirements, unless exactly these are installed already."""
    if not _succeeds([str(venv_python()), "-c", ""]):
        _make_venv()
    for name in files:
        stamp = VENV / (name + ".sha256")
        digest = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        if stamp.is_file() and stamp.read_text() == digest:
            continue
        _refuse_read_only(VENV)
        print(f"Installing {name} ...", flush=True)
        if subprocess.call([*_installer(), "-r", str(ROOT / name)], cwd=str(ROOT)) != 0:
            fail(f"could not install {name}: see the lines above (no network, or no room on the disk?)")
        stamp.write_text(digest)


def venv_python() -> Path:
    """Return the path of the virtual environment's interpreter."""
    return VENV / "bin" / "python"


def fail(reason: str) -> None:
    """End with one line on standard error."""
    sys.exit("sweepdeck: " + reason)


def _make_venv() -> None:
    _refuse_read_only(ROOT)
    uv = _uv()
    if uv:
        command = [uv, "venv", "--quiet", "--python", sys.executable, str(VENV)]
    elif all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    else:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        fail(f"this Python has no venv module: install it (Debian, Ubuntu: apt install {package}) and try again")
    print("Making the virtual environment .venv ...", flush=True)
    if subprocess.call(command, env={**os.environ, "UV_VENV_CLEAR": "1"}) != 0:
        fail(f"could not make the virtual environment in {VENV}: see the lines above")


def _installer() -> "list[str]":
    uv = _uv()
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(venv_python())]
    if not _succeeds([str(venv_python()), "-m", "pip", "--version"]):
        subprocess.call([str(venv_python()), "-m", "ensurepip"], stdout=subprocess.DEVNULL)
    return [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _uv() -> "str | None":
    path = shutil.which("uv")
    return path if path and _succeeds([path, "--version"]) else None


def _refuse_read_only(folder: Path) -> None:
    if not os.access(str(folder), os.W_OK):
        fail(f"cannot write to {folder}: change its permissions, or clone the repository to a folder of your own")


def _succeeds(command: "list[str]") -> bool:
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
