"""Run the examples with the newest wandb client against `make run`, and say whether the runs are there and whole.

Run it by `make check-examples`. The client and what the examples need go into an environment of their own below the
user's cache folder: PyTorch is some gigabytes on Linux, which ARGS=--without-torch leaves out.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.wandb_real.clients import environment  # noqa: E402

_PROJECT = "wandb-examples"
_START_SECONDS = 600
_EXAMPLE_SECONDS = 300


@dataclass(frozen=True)
class Example:
    """A script, and what is to be there of it: how many runs, of how many rows, with which last value and files."""

    name: str
    runs: int
    rows: int
    metric: str
    files: tuple[str, ...] = ()


EXAMPLES = (
    Example("keras_like", runs=1, rows=30, metric="accuracy"),
    Example("sklearn_sweep", runs=3, rows=1, metric="accuracy"),
    Example("pytorch_cpu", runs=1, rows=200, metric="loss", files=("model.pt",)),
)


def main() -> int:
    """Run the examples one after the other; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-torch", action="store_true", help="leave out the example that needs PyTorch")
    without_torch = parser.parse_args().without_torch
    wanted = ["wandb", "scikit-learn", *([] if without_torch else ["torch"])]
    python = environment("examples", wanted, anew=True)
    failed = False
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (address, key):
        for example in EXAMPLES:
            if without_torch and example.name == "pytorch_cpu":
                continue
            wrong = _tried(example, python, Path(folder), address, key)
            failed = failed or bool(wrong)
            print(f"  {example.name}: {wrong or 'works'}", flush=True)
    return int(failed)


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, str]]:
    """Start the server as a user does, in a data folder of its own; yield its address and an API key."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = os.environ | {"SWEEPDECK_DATA_DIR": str(folder / "data")}
    command = ["make", "run", f"PORT={port}", "ARGS=--no-demo"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=settings, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the server does not start:\n{(folder / 'server.log').read_text()}")
            time.sleep(0.5)
        yield address, (folder / "data" / "api_key").read_text().strip()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5):
            return True
    except OSError:
        return False


def _tried(example: Example, python: Path, folder: Path, address: str, key: str) -> str:
    """Run an example; return what is wrong, or nothing."""
    place = folder / example.name
    place.mkdir()
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB_", "SWEEPDECK_"))}
    settings |= {"HOME": str(place), "WANDB_BASE_URL": address, "WANDB_API_KEY": key}
    settings |= {"WANDB_ERROR_REPORTING": "false"}
    before = {run["run_id"] for run in _runs(address, key)}
    said = subprocess.run(
        [python, ROOT / "examples" / "with_wandb" / f"{example.name}.py"],
        cwd=place,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_EXAMPLE_SECONDS,
    )
    if said.returncode != 0:
        return f"ended with {said.returncode}: {said.stdout[-2_000:]}"
    made = [run for run in _runs(address, key) if run["run_id"] not in before]
    if len(made) != example.runs:
        return f"made {len(made)} runs, not {example.runs}"
    return next((wrong for run in made if (wrong := _wrong(run, example, address, key))), "")


def _wrong(run: dict[str, Any], example: Example, address: str, key: str) -> str:
    if run["state"] != "finished" or run["history_rows"] != example.rows or example.metric not in run["summary"]:
        return f"a run is not whole: {run['state']}, {run['history_rows']} rows, {run['summary']}"
    listed = _get(address, key, f"/runs/owner/{_PROJECT}/{run['run_id']}/files?page_size=100")["results"]
    missing = set(example.files) - {file["path"] for file in listed}
    return f"files are missing: {', '.join(sorted(missing))}" if missing else ""


def _runs(address: str, key: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = _get(address, key, f"/projects/owner/{_PROJECT}/runs?page_size=100")["results"]
    except urllib.error.HTTPError:  # not made yet
        return []
    return found


def _get(address: str, key: str, path: str) -> Any:
    request = urllib.request.Request(f"{address}/api/v1{path}", headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
