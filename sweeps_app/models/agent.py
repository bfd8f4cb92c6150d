"""Agents, which run configurations, and the jobs by which Celery workers start agents."""

from django.conf import settings
from django.db import models

from sweeps_app.models.identifiers import agent_id_pattern, new_id
from sweeps_app.models.project import Project
from sweeps_app.models.sweep import Sweep


class AgentJob(models.Model):
    """An agent that a Celery worker is to run; the row is the truth, the message only a door-bell."""

    class State(models.TextChoices):
        """The life of a job."""

        QUEUED = "queued"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"
        STOPPED = "stopped"
        LOST = "lost"

    ACTIVE_STATES = (State.QUEUED, State.RUNNING)

    job_id = models.CharField(max_length=8, unique=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="agent_jobs")
    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="agent_jobs")
    program = models.CharField(max_length=100)
    count = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    stop_requested = models.BooleanField(default=False)
    worker = models.CharField(max_length=200, blank=True)
    pid = models.PositiveIntegerField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    exit_code = models.IntegerField(null=True, blank=True)
    output_tail = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat")]

    def __str__(self) -> str:
        return f"{self.program} {self.job_id}"


class Agent(models.Model):
    """A process that asks for configurations of one sweep and runs them."""

    class State(models.TextChoices):
        """The life of an agent."""

        ACTIVE = "active"
        EXITED = "exited"
        LOST = "lost"

    agent_id = models.CharField(max_length=32, unique=True, default=new_id, validators=[agent_id_pattern])
    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="agents")
    job = models.ForeignKey(AgentJob, null=True, blank=True, on_delete=models.SET_NULL, related_name="agents")
    name = models.CharField(max_length=200, blank=True)
    host = models.CharField(max_length=200, blank=True)
    pid = models.PositiveBigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    exit_reason = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="agent_state_heartbeat")]

    def __str__(self) -> str:
        return self.name or self.agent_id
