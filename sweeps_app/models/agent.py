"""Agents, which run configurations, and the jobs by which Celery workers start agents."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from sweeps_app.models.identifiers import agent_id_pattern, new_id, queue_name_pattern
from sweeps_app.models.kept_plans import integer, keeping_cursor, kept_form
from sweeps_app.models.program import Program
from sweeps_app.models.project import Project
from sweeps_app.models.sweep import Sweep
from sweeps_app.models.worker import Worker

DEFAULT_QUEUE = "agents"
_FREE = """AND "order" = '' AND quarantined_at IS NULL"""


@dataclass(frozen=True)
class KnownRuns:
    """Keys of runs: what the agent was given under this question before, and what waits longest in its sweep."""

    repeated: int | None
    waiting: int | None


class AgentJob(models.Model):
    """An agent that a Celery worker is to run; the row is the truth, the message only a door-bell.

    `program` is the name of what it runs: one of the server's own, or `registration`, which is null once that was
    removed. `commit` is what was checked out of it. The jobs of one launch have its `request_id` and a `number` each.
    It needs `slots` CPU slots and `gpus` graphics cards of a worker that listens to `queue`; `gpu_ids` are those that
    it was given last. `reason` says in words why it ended as it did. Of its output `console_lines` lines have come,
    of which those in the middle may have been dropped.
    """

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
    registration = models.ForeignKey(Program, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs")
    commit = models.CharField(max_length=64, blank=True)
    queue = models.CharField(max_length=64, default=DEFAULT_QUEUE, validators=[queue_name_pattern])
    slots = models.PositiveIntegerField(default=1)
    gpus = models.PositiveIntegerField(default=0)
    count = models.PositiveIntegerField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    number = models.PositiveIntegerField(default=0)
    relaunch_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="relaunched_as"
    )
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    stop_requested = models.BooleanField(default=False)
    drain_requested = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    worker = models.ForeignKey(Worker, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs")
    gpu_ids = models.JSONField(default=list, blank=True)
    pid = models.PositiveIntegerField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    exit_code = models.IntegerField(null=True, blank=True)
    console_lines = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sweep", "created_by", "request_id", "number"],
                condition=~Q(request_id=""),
                name="job_request_once",
            )
        ]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat"),
            models.Index(fields=["state", "created_at"], name="job_state_created"),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.job_id}"


class Agent(models.Model):
    """A process that asks for configurations of one sweep and runs them.

    `order` is what a person wants of it. One in quarantine gets no runs: too many of those that it had have failed, or
    of those that all agents of its host had (`quarantined_with_host`). `runs_done` and `runs_failed` count the attempts
    that have ended with it, and those of them that have failed; `cleared_done` and `cleared_failed` are those that no
    longer speak against it, since it was released from quarantine after them.
    """

    class State(models.TextChoices):
        """The life of an agent."""

        ACTIVE = "active"
        EXITED = "exited"
        LOST = "lost"

    class Order(models.TextChoices):
        """What an agent is to do: work, wait, end after the run that it has, or end with it."""

        NONE = "", "work"
        PAUSE = "pause"
        DRAIN = "drain"
        KILL = "kill"

    agent_id = models.CharField(max_length=32, unique=True, default=new_id, validators=[agent_id_pattern])
    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="agents")
    job = models.ForeignKey(AgentJob, null=True, blank=True, on_delete=models.SET_NULL, related_name="agents")
    name = models.CharField(max_length=200, blank=True)
    host = models.CharField(max_length=200, blank=True)
    pid = models.PositiveBigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    exit_reason = models.CharField(max_length=500, blank=True)
    order = models.CharField(max_length=8, choices=Order, blank=True, default=Order.NONE)
    quarantined_at = models.DateTimeField(null=True, blank=True)
    quarantine_reason = models.CharField(max_length=500, blank=True)
    quarantined_with_host = models.BooleanField(default=False)
    runs_done = models.PositiveBigIntegerField(default=0)
    runs_failed = models.PositiveBigIntegerField(default=0)
    cleared_done = models.PositiveBigIntegerField(default=0)
    cleared_failed = models.PositiveBigIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    heartbeat_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="agent_state_heartbeat"),
            models.Index(fields=["sweep", "host"], name="agent_sweep_host"),
        ]

    def __str__(self) -> str:
        return self.name or self.agent_id

    # Every question for work and every end of a run take these ways, for which the ORM builds its SQL anew each time.

    @classmethod
    def renew(cls, pk: int, now: datetime, request_id: str, *, only_free: bool = False) -> "KnownRuns | None":
        """Note that the agent asks for work at `now`: one that was given up, or had left, is active again.

        With `only_free` only one that may have runs: nothing else was ordered, and it is not in quarantine. Return
        which runs are known that may answer the question, None where there is no such agent.
        """
        # One statement for three questions, since the sweep is locked meanwhile.
        sql = f"""
            UPDATE sweeps_app_agent SET heartbeat_at = %s, state = %s, exit_reason = ''
            WHERE id = %s {_FREE if only_free else ""} RETURNING (
                SELECT id FROM sweeps_app_run WHERE agent_id = sweeps_app_agent.id AND request_id = %s
                AND NOT (request_id = '') AND deleted_at IS NULL
            ), (
                SELECT id FROM sweeps_app_run WHERE sweep_id = sweeps_app_agent.sweep_id
                AND queued_at IS NOT NULL AND deleted_at IS NULL ORDER BY queued_at, id LIMIT 1
            )"""  # noqa: S608 (words of ours)
        with keeping_cursor() as cursor:
            told = connection.ops.adapt_datetimefield_value(now), cls.State.ACTIVE.value, integer(pk), request_id
            cursor.execute(kept_form(sql), told)
            found = cursor.fetchone()
        return None if found is None else KnownRuns(*found)

    @classmethod
    def count_end(cls, pk: int, *, has_failed: bool) -> None:
        """Count an attempt that has ended with the agent."""
        sql = "UPDATE sweeps_app_agent SET runs_done = runs_done + 1, runs_failed = runs_failed + %s WHERE id = %s"
        with keeping_cursor() as cursor:
            cursor.execute(kept_form(sql), [integer(has_failed), integer(pk)])
