"""The real processes, as `make run` starts them, on a free port and a data folder that is thrown away."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 40


@dataclass(frozen=True)
class Server:
    """Where a server answers, the key that it made, and its data folder."""

    url: str
    key: str
    data: Path
    pid: int


@contextmanager
def running_server(**environment: str) -> Iterator[Server]:
    """Start a server without its demo, yield it, and stop it with all that it started."""
    data = Path(tempfile.mkdtemp(prefix="sweepdeck-bench-"))
    env = {**os.environ, **environment, "SWEEPDECK_DATA_DIR": str(data)}
    env.pop("SWEEPDECK_PUBLIC_URL", None)
    command = [sys.executable, "manage.py", "run", "--port", "0", "--no-demo"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        yield Server(_url(process), (data / "api_key").read_text().strip(), data, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)
        shutil.rmtree(data, ignore_errors=True)


def _url(process: subprocess.Popen[str]) -> str:
    """Read the greeting up to the server's address; what follows is read by nobody."""
    for line in process.stdout or ():
        found = re.search(r"https?://[0-9.:a-z]+", line)
        if found:
            return found.group()
    raise RuntimeError(f"the server did not start (exit code {process.wait()})")
