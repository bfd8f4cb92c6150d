"""Other tools beside which ours is measured: an environment of their own, and a server of theirs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import urllib3


def environment_of(packages: Sequence[str], folder: Path) -> Path:
    """Return the Python of an environment that has the packages, named by the first, made where it is not there yet."""
    home = folder / packages[0].partition("=")[0]
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        print(f"installing {packages[0]} ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        (home / "ready").touch()
    return python


@contextmanager
def peer_server(command: Sequence[str], health: str, **environment: str) -> Iterator[str]:
    """Start a server on a free port, wait until it answers at `health`, yield its address, stop all that it started."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_it_answers(url + health)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def wait_until_it_answers(address: str) -> None:
    """Wait until an address answers, for five minutes at the most."""
    pool = urllib3.PoolManager(retries=False)
    for _ in range(1500):
        try:
            if pool.request("GET", address).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.2)
    raise RuntimeError(f"{address} does not answer")
