"""Worker processes, and the graphics cards that their jobs hold."""

from django.db import models
from django.utils import timezone

from sweeps_app.models.identifiers import new_id


class Worker(models.Model):
    """One Celery worker process from its start to its end, with what it offers to agent jobs.

    `queues` are those that it listens to, `slots` how many CPU slots its jobs share, `gpus` the graphics cards that it
    may give to them, as CUDA_VISIBLE_DEVICES names them.
    """

    class State(models.TextChoices):
        """The life of a worker process."""

        ACTIVE = "active"
        STOPPING = "stopping"
        EXITED = "exited"
        LOST = "lost"

    LIVE_STATES = (State.ACTIVE, State.STOPPING)

    worker_id = models.CharField(max_length=8, unique=True, default=new_id)
    name = models.CharField(max_length=200)
    host = models.CharField(max_length=200)
    pid = models.PositiveBigIntegerField()
    queues = models.JSONField(default=list)
    slots = models.PositiveIntegerField()
    gpus = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    version = models.CharField(max_length=32, blank=True)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="worker_state_heartbeat")]

    def __str__(self) -> str:
        return self.name


class HeldGpu(models.Model):
    """A graphics card that a job has: no other job gets it, whichever worker of its machine asks."""

    job = models.ForeignKey("AgentJob", on_delete=models.CASCADE, related_name="held_gpus")
    host = models.CharField(max_length=200)
    gpu = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "gpu"], name="gpu_held_once")]

    def __str__(self) -> str:
        return f"{self.host}/{self.gpu}"
