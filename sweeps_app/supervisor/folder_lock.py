"""One server per data folder: a lock that the kernel gives back however its holder ends."""

import fcntl
import json
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Another server uses the folder; the message names its process and address."""


def take_lock(path: Path) -> int:
    """Take the lock in `path` and return its descriptor, which a later `exec` keeps.

    Raises `AlreadyRunning` while another process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 1000).decode()
        os.close(descriptor)
        raise AlreadyRunning(_description(holder)) from None
    os.truncate(descriptor, 0)
    os.set_inheritable(descriptor, True)
    return descriptor


def note_holder(descriptor: int, url: str) -> None:
    """Write down for others who holds the lock and where its server answers."""
    os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "url": url}).encode(), 0)


def _description(holder: str) -> str:
    try:
        known = json.loads(holder)
        return f"Sweepdeck already runs here as process {known['pid']}: open {known['url']} or stop it first"
    except (ValueError, KeyError):
        return "Sweepdeck is already being started from this folder: wait a moment"
