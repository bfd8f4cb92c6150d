"""Tells running jobs that their worker shuts down, in its threads and in its forked processes alike."""

import multiprocessing
from typing import Any

from celery.signals import worker_shutting_down

# Made before the pool forks, so that every process of the worker shares it.
_is_shutting_down = multiprocessing.get_context("fork").Event()


def is_shutting_down() -> bool:
    """Tell whether this worker has been asked to end."""
    return _is_shutting_down.is_set()


@worker_shutting_down.connect
def _announce(**_: Any) -> None:
    _is_shutting_down.set()
