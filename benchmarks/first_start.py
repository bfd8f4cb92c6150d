"""Seconds from `make run` to its first line, its address and the demo's first finished run, and the memory of all.

    .venv/bin/python benchmarks/first_start.py [--uv PATH]

Clones the checkout's last commit to a temporary folder and starts it there with an empty home folder, first on a bare
machine (no virtual environment, no caches, no data), then again on what that has left. Memory is the proportional set
size (PSS), which counts a page that processes share once; Linux only.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NOT_BARE = ("SWEEPDECK_", "PYTHON", "PYENV", "VIRTUAL_ENV", "XDG_", "UV_")
LONGEST = 600.0
NAMES = {
    "sweeps_app.supervisor.web": "web",
    "config.celery": "worker",
    "config.beat": "beat",
    "programs.digits": "demo program",
    "sweeps_app.supervisor ": "supervisor",
}


class Start:
    """One `make run`, timed from its outside."""

    def __init__(self, checkout: Path, environment: dict[str, str]) -> None:
        self.began = time.monotonic()
        self.times: dict[str, float] = {}
        self.url = ""
        self._process = subprocess.Popen(
            ["make", "run", "PORT=0"],
            cwd=checkout,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def note(self, what: str) -> None:
        """Keep the time of what happens for the first time."""
        self.times.setdefault(what, round(time.monotonic() - self.began, 1))

    def is_alive(self) -> bool:
        """Tell whether it has neither failed nor ended."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Press Ctrl+C, and wait for the end."""
        began = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGINT)
        self._process.wait(60)
        self.times["stop"] = round(time.monotonic() - began, 1)

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self.note("first line")
            sys.stderr.write(f"{time.monotonic() - self.began:6.1f} {line}")
            if found := re.search(r"Open +(http://[\d.:]+)", line):
                self.url = found.group(1)
                self.note("address")


def main() -> None:
    """Measure a bare and a warm start, and print both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--uv", type=Path, help="the uv that installs; without it pip does")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sweepdeck-start-") as name:
        folder = Path(name)
        checkout = folder / "checkout"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(NOT_BARE)}
        environment |= {"HOME": name, "PATH": _path(folder, options.uv)}
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {_commit(checkout)}")
        for title in ("bare", "warm"):
            start = Start(checkout, environment)
            try:
                memory = _watch(start, checkout)
            finally:
                start.stop()
            print(title, json.dumps(start.times), "PSS in MB:", json.dumps(memory))


def _watch(start: Start, checkout: Path) -> dict[str, list[int]]:
    """Wait for a run that finishes, and return the memory of the processes then."""
    ended = None
    while start.is_alive() and time.monotonic() - start.began < LONGEST:
        if start.url:
            finished = _finished(start.url, (checkout / "var" / "api_key").read_text().strip())
            ended = finished if ended is None else ended
            if finished > ended:
                start.note("first finished run")
                return _memory(checkout)
        time.sleep(0.1)
    sys.exit("no run has finished")


def _finished(url: str, key: str) -> int:
    address = f"{url}/api/v1/projects/owner/digits/runs?state=finished&page_size=1"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(json.load(answer)["count"])


def _memory(checkout: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for entry in Path("/proc").iterdir():
        try:
            if not entry.name.isdecimal() or os.fsencode(checkout) not in (entry / "environ").read_bytes():
                continue
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            pss = re.search(r"^Pss: +(\d+)", (entry / "smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue
        name = next((name for text, name in NAMES.items() if text in command), "other")
        found.setdefault(name, []).append(round(int(pss.group(1)) / 1024) if pss else 0)
    return found | {"total": [sum(sum(sizes) for sizes in found.values())]}


def _path(folder: Path, uv: Path | None) -> str:
    """Return a PATH with the system's programs alone, and uv where it is wanted."""
    if uv is None:
        return PATH
    tools = folder / "tools"
    tools.mkdir()
    (tools / "uv").symlink_to(uv.absolute())
    return f"{tools}:{PATH}"


def _commit(checkout: Path) -> str:
    return subprocess.run(
        ["git", "describe", "--always"], cwd=checkout, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
