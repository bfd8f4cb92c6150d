"""Workers: which are alive, what each has left for agent jobs, and why a job still waits."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from sweeps_app.models import AgentJob, HeldGpu, Worker

# A worker that has not been heard of for so long is gone.
WORKER_SILENCE = timedelta(seconds=30)
_RUNNING = AgentJob.State.RUNNING


@dataclass(frozen=True)
class Room:
    """What a worker has left: CPU slots, and graphics cards by name."""

    worker: Worker
    slots: int
    gpus: tuple[str, ...]
    jobs: int = 0

    def fits(self, job: AgentJob) -> bool:
        """Tell whether there is room for the job here and now."""
        return job.queue in self.worker.queues and job.slots <= self.slots and job.gpus <= len(self.gpus)


def live_workers(now: datetime) -> QuerySet[Worker]:
    """Return the workers that take jobs at `now`, by host and start."""
    alive = Worker.objects.filter(state=Worker.State.ACTIVE, heartbeat_at__gte=now - WORKER_SILENCE)
    return alive.order_by("host", "started_at", "pk")


def fleet_workers(*, ended_after: datetime) -> QuerySet[Worker]:
    """Return the workers that have not ended, and those that ended after a moment, the newest first."""
    return Worker.objects.filter(Q(ended_at=None) | Q(ended_at__gte=ended_after)).order_by("-started_at", "-pk")


def rooms(workers: Iterable[Worker]) -> list[Room]:
    """Return what each worker has left, in two queries; cards of one machine are counted over all of its workers."""
    found = list(workers)
    running = AgentJob.objects.filter(worker__in=found, state=_RUNNING).order_by()
    taken = {pk: (slots, n) for pk, slots, n in running.values_list("worker").annotate(s=Sum("slots"), n=Count("pk"))}
    held = defaultdict(set)
    for host, gpu in HeldGpu.objects.filter(host__in={worker.host for worker in found}).values_list("host", "gpu"):
        held[host].add(gpu)
    return [_room(worker, *taken.get(worker.pk, (0, 0)), held[worker.host]) for worker in found]


def waiting_reason(job: AgentJob, found: Iterable[Room]) -> str:
    """Return why a queued job waits, in words; "" where a worker has room and is about to take it."""
    listening = [room for room in found if job.queue in room.worker.queues]
    if not listening:
        return f"no worker listens to queue {job.queue}"
    if any(room.fits(job) for room in listening):
        return ""
    needs = _needs(job)
    able = [room for room in listening if job.slots <= room.worker.slots and job.gpus <= len(room.worker.gpus)]
    if not able:
        largest = max(listening, key=lambda room: (len(room.worker.gpus), room.worker.slots)).worker
        has = _amounts(largest.slots, len(largest.gpus), with_gpus=job.gpus > 0)
        return f"needs {needs}; the largest worker of queue {job.queue} has {has}"
    freest = max(able, key=lambda room: (min(len(room.gpus), job.gpus), room.slots))
    has = _amounts(freest.slots, len(freest.gpus), with_gpus=job.gpus > 0)
    return f"needs {needs}; the largest free worker of queue {job.queue} has {has}"


def known_queues(now: datetime) -> list[str]:
    """Return the queues that workers listen to at `now`, by name."""
    return sorted({queue for queues in live_workers(now).values_list("queues", flat=True) for queue in queues})


def _room(worker: Worker, slots: int, jobs: int, held: set[str]) -> Room:
    free = tuple(gpu for gpu in worker.gpus if gpu not in held)
    return Room(worker, max(0, worker.slots - slots), free, jobs)


def _needs(job: AgentJob) -> str:
    return _amounts(job.slots, job.gpus, with_gpus=job.gpus > 0)


def _amounts(slots: int, gpus: int, *, with_gpus: bool) -> str:
    words = f"{slots} CPU slot{'' if slots == 1 else 's'}"
    return f"{gpus} GPU{'' if gpus == 1 else 's'} and {words}" if with_gpus else words


def workers_watched(at: datetime) -> bool:
    """Tell whether some worker was there at `at`, an earlier moment: else the server was away, or has just begun."""
    return Worker.objects.filter(started_at__lte=at, heartbeat_at__gte=at - WORKER_SILENCE).exists()
