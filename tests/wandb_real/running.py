"""Runs the scripts with the versions of the client, side by side, against one real server."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.sdk.server import RealServer

SCRIPTS = Path(__file__).parent / "scripts"
# Those that take longest begin first.
NAMES = ("program", "early", "endings", "local", "log", "function", "offline", "errors")
SECONDS = 500


def results(pythons: Mapping[str, Path], folder: Path) -> dict[str, dict[str, str]]:
    """Try the clients of some interpreters at once, against one server.

    Return by the interpreter's name what works, by its name: "" where it does, or else what was wrong.
    """
    (folder / "server" / "static").mkdir(parents=True)
    server = RealServer(folder / "server")
    try:
        processes = {version: _started(python, server, folder / version) for version, python in pythons.items()}
        return {version: _ended(process, folder / version) for version, process in processes.items()}
    finally:
        server.close()


def _started(python: Path, server: RealServer, folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("WANDB_", "SWEEPDECK_"))}
    environment |= {
        "PATH": f"{python.parent}{os.pathsep}{environment.get('PATH', '')}",
        "WANDB_BASE_URL": server.url,
        "WANDB_API_KEY": server.key,
        "WANDB_PROJECT": folder.name,
        "WANDB_ERROR_REPORTING": "false",
        "WANDB__DISABLE_UPDATE_CHECK": "true",
        # A stop is learned with the answer to a report: do not wait 15 seconds for it. 0.16.6 has no such setting.
        "WANDB__FILE_STREAM_TRANSMIT_INTERVAL": "2",
    }
    with (folder / "main.log").open("wb") as log:
        return subprocess.Popen(
            [python, SCRIPTS / "main.py", *NAMES],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def _ended(process: subprocess.Popen[bytes], folder: Path) -> dict[str, str]:
    """Wait for the scripts of a version; return what they have said."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS)
    # Whatever they have started, and has not ended.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return {thing: reason for name in NAMES for thing, reason in _said(folder / name / "log").items()}


def _said(log: Path) -> dict[str, str]:
    """Return what a script has said of each thing; a script that has not come to its end has failed."""
    text = (
        log.read_text(errors="replace")
        if log.is_file()
        else (log.parent.parent / "main.log").read_text(errors="replace")
    )
    found = {}
    for line in text.splitlines():
        if line.startswith("OK "):
            found[line[3:]] = ""
        elif line.startswith("NO "):
            name, _, reason = line[3:].partition(" -- ")
            found[name] = reason
    if "THE END" not in text:
        found[f"the script {log.parent.name}"] = text[-1_000:]
    if any(found.values()):
        print(log, text, sep="\n")  # shown with the test that fails
    return found
