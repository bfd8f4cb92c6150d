"""Which processes are alive, as the kernel knows them."""

import os
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def processes_of(folder):
    """Return {pid: command line} of every process whose environment names `folder`: a server's own and its agents'."""
    mark = os.fsencode(folder)
    found = {}
    for entry in PROC.iterdir():
        # A process may end while one looks at it.
        with suppress(OSError):
            if entry.name.isdecimal() and mark in (entry / "environ").read_bytes() and _state(entry) != "Z":
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return found


def pid_of(folder, text):
    """Return the id of the one process of `folder` whose command line holds `text`; None where there is none."""
    pids = [pid for pid, command in processes_of(folder).items() if text in command and "guard.py" not in command]
    assert len(pids) < 2, pids
    return pids[0] if pids else None


def wait_for(condition, seconds=60):
    """Return what `condition()` gives once it is true; fail where that takes unreasonably long."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)
    return found


def _state(entry):
    return (entry / "stat").read_text().rpartition(")")[2].split()[0]
