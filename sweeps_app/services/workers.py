"""Workers: say that one is there, keep it alive, and notice those that are not any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from sweeps_app.models import AgentJob, Watch, Worker
from sweeps_app.selectors.watch import is_watched
from sweeps_app.selectors.workers import WORKER_SILENCE
from sweeps_app.services.jobs import jobs_take_back
from sweeps_app.services.watch import watch_keep

State = Worker.State

# How long a worker that has ended is remembered where no job names it.
REMEMBERED = timedelta(days=7)
# Within so long all workers have reached a database that was away; their connections do not try again at once.
RETURN_TIMEOUT = timedelta(seconds=60)
_MAX_NAME = 200


@dataclass(frozen=True)
class WorkerDetails:
    """What a worker process says of itself; `Worker` tells what each means."""

    name: str
    host: str
    pid: int
    queues: Sequence[str]
    slots: int
    gpus: Sequence[str] = ()
    version: str = ""


def worker_register(*, details: WorkerDetails) -> Worker:
    """Note that a worker process has started."""
    now = timezone.now()
    return Worker.objects.create(
        name=details.name[:_MAX_NAME],
        host=details.host[:_MAX_NAME],
        pid=details.pid,
        queues=list(details.queues),
        slots=details.slots,
        gpus=list(details.gpus),
        version=details.version,
        started_at=now,
        heartbeat_at=now,
    )


def worker_beat(*, worker: Worker) -> None:
    """Note that a worker is alive; one that was given up as lost takes jobs again."""
    now = timezone.now()
    Worker.objects.filter(pk=worker.pk).exclude(state=State.EXITED).update(heartbeat_at=now)
    Worker.objects.filter(pk=worker.pk, state=State.LOST).update(state=State.ACTIVE, ended_at=None)
    # The statements above may have waited long for the database.
    watch_keep(part=Watch.Part.WORKERS, now=timezone.now())


def worker_stopping(*, worker: Worker) -> None:
    """Note that a worker shuts down and takes no more jobs."""
    Worker.objects.filter(pk=worker.pk, state=State.ACTIVE).update(state=State.STOPPING)


def worker_leave(*, worker: Worker) -> None:
    """Note that a worker has ended; saying so twice changes nothing."""
    now = timezone.now()
    Worker.objects.filter(pk=worker.pk, ended_at=None).update(state=State.EXITED, ended_at=now)


def workers_lose(*, workers: Sequence[Worker], now: datetime) -> int:
    """Note that processes of these workers are known to have ended, and take their jobs back; return how many jobs."""
    pks = [worker.pk for worker in workers]
    Worker.objects.filter(pk__in=pks, ended_at=None).update(state=State.LOST, ended_at=now)
    return sum(jobs_take_back(silent=AgentJob.objects.filter(worker__in=pks), now=now))


def workers_silence_is_theirs(now: datetime) -> bool:
    """Tell whether the workers that are silent at `now` are so of their own: while the database was away, all were."""
    return is_watched(Watch.Part.WORKERS, since=now - RETURN_TIMEOUT, now=now) is not False


def workers_reconcile(*, now: datetime) -> int:
    """Give up workers that are silent at `now`, and forget old ones; return how many were given up."""
    silent = Worker.objects.filter(state__in=Worker.LIVE_STATES, heartbeat_at__lt=now - WORKER_SILENCE)
    lost = silent.update(state=State.LOST, ended_at=now)
    named = AgentJob.objects.filter(worker=OuterRef("pk"))
    Worker.objects.filter(~Exists(named), ended_at__lt=now - REMEMBERED).delete()
    return lost
