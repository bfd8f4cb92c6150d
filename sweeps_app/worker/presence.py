"""This process as a worker that others know of: a row from its start to its end, kept alive by a thread."""

import logging
import os
import socket
import threading
from collections.abc import Sequence

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from sweepdeck._version import __version__
from sweeps_app.models import Worker
from sweeps_app.services.workers import (
    WorkerDetails,
    worker_beat,
    worker_leave,
    worker_register,
    worker_stopping,
    workers_lose,
)
from sweeps_app.worker.alive import forget_dead, give_life_lock_back, is_known_dead, take_life_lock
from sweeps_app.worker.gpus import worker_gpus
from sweeps_app.worker.marks import kill_orphans
from sweeps_app.worker.shutdown import is_shutting_down

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
_LOOK_SECONDS = 1.0
_MAX_HOST = 200


_presence: "Presence | None" = None


class Presence:
    """The worker's row and the thread that keeps it alive."""

    def __init__(self, name: str, queues: Sequence[str]) -> None:
        """Clear up behind workers of this machine that have died, and say that this one is there."""
        host = socket.gethostname()[:_MAX_HOST]
        _bury(host)
        details = WorkerDetails(
            name=name,
            host=host,
            pid=os.getpid(),
            queues=queues,
            slots=settings.WORKER_SLOTS,
            gpus=worker_gpus(settings.WORKER_GPUS),
            version=__version__,
        )
        self.worker: Worker = worker_register(details=details)
        self._lock = take_life_lock(self.worker.worker_id)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="presence", daemon=True)
        self._thread.start()
        log.info("worker %s: queues %s, %s slots, GPUs %s", name, list(queues), details.slots, list(details.gpus))

    def leave(self) -> None:
        """Say that this worker has ended."""
        self._is_over.set()
        self._thread.join()
        try:
            worker_leave(worker=self.worker)
        except DatabaseError:  # silence says it, too
            log.warning("worker %s: its end is not recorded, the database does not answer", self.worker.name)
        give_life_lock_back(self.worker.worker_id, self._lock)

    def _beat(self) -> None:
        is_told, waited = False, 0.0
        while not self._is_over.wait(_LOOK_SECONDS):
            waited += _LOOK_SECONDS
            try:
                if is_shutting_down() and not is_told:
                    worker_stopping(worker=self.worker)
                    is_told = True
                if waited >= BEAT_SECONDS:
                    waited = 0.0
                    worker_beat(worker=self.worker)
            except DatabaseError:
                log.warning("worker %s: no heartbeat, the database does not answer", self.worker.name)
                connection.close()
        connection.close()


def arrive(name: str, queues: Sequence[str]) -> None:
    """Say that this process is a worker which listens to `queues`."""
    global _presence
    _presence = Presence(name, queues)


def leave() -> None:
    """Say that this worker has ended, if it has ever begun."""
    if _presence is not None:
        _presence.leave()


def this_worker() -> Worker | None:
    """Return the row of this worker; None in a process that is none, or not yet."""
    return _presence.worker if _presence is not None else None


def _bury(host: str) -> None:
    """Take back at once what workers of this machine held that were killed, instead of when they have been silent."""
    rows = Worker.objects.filter(host=host, state__in=(*Worker.LIVE_STATES, Worker.State.LOST))
    dead = [worker for worker in rows if is_known_dead(worker.worker_id)]
    kill_orphans()
    workers_lose(workers=dead, now=timezone.now())
    for worker in dead:
        forget_dead(worker.worker_id)
