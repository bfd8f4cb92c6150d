"""Which workers of this machine are alive: each holds a lock for its life, which the kernel gives back at its end."""

import fcntl
import os
from pathlib import Path

from django.conf import settings


def take_life_lock(worker_id: str) -> int:
    """Hold the lock of a worker by the descriptor that is returned, for as long as this process lives."""
    path = _path(worker_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def give_life_lock_back(worker_id: str, descriptor: int) -> None:
    """End a life in good order."""
    _path(worker_id).unlink(missing_ok=True)
    os.close(descriptor)


def is_known_dead(worker_id: str) -> bool:
    """Tell whether a worker of this data folder has ended; of others nothing is known."""
    try:
        descriptor = os.open(_path(worker_id), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def forget_dead(worker_id: str) -> None:
    """Remove the lock of a worker whose end everybody knows."""
    _path(worker_id).unlink(missing_ok=True)


def _path(worker_id: str) -> Path:
    return Path(settings.DATA_DIR) / "workers" / f"{worker_id}.lock"
