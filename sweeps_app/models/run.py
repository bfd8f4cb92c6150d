"""Runs: one execution of a training function under one configuration."""

from datetime import datetime

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from sweeps_app.models.agent import Agent
from sweeps_app.models.deletion import Deletable, LiveManager
from sweeps_app.models.identifiers import new_id, run_id_pattern
from sweeps_app.models.kept_plans import integer, keeping_cursor, kept_form
from sweeps_app.models.project import Project
from sweeps_app.models.sweep import Suggestion, Sweep


class Run(Deletable):
    """What was tried, what came of it, and how it goes.

    `summary` holds one value a metric, by dotted name: the last one logged unless the client set it itself
    (`summary_overrides` names those). `objective` is the summary value of the sweep's metric where it is a
    finite number, so that sorting and the best run need no look into JSON. `stopping_progress` is what the sweep's
    stopping rule remembers of the run. `author` is the name of who made it on the server that it was imported from.
    Charts leave out a run that `is_hidden`.

    A run of a sweep may take several attempts; `attempt` is the number of the one that counts now, and what comes from
    an earlier one is refused. Since `queued_at` a run waits for an agent that makes the next attempt: it is pending,
    its `agent` the one that had it last, `requeue_cause` why. Its history begins with the attempt `history_attempt`.
    """

    class State(models.TextChoices):
        """The life of a run."""

        PENDING = "pending"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"
        CRASHED = "crashed"
        KILLED = "killed"
        PREEMPTING = "preempting"
        PREEMPTED = "preempted"
        STOPPED_EARLY = "stopped_early", "stopped early"

    class StopReason(models.TextChoices):
        """Why a run is asked to stop."""

        PERSON = "person"
        SWEEP = "sweep", "the sweep was canceled"
        RULE = "rule", "the sweep's stopping rule"
        AGENT = "agent", "its agent was told to end"

    class Cause(models.TextChoices):
        """Why an attempt at a run was not the last one."""

        LOST = "lost", "nothing was heard of it any more"
        FAILED = "failed", "it failed in a way that the sweep retries"
        PREEMPTED = "preempted", "its machine was taken away"
        UNBEGUN = "unbegun", "its agent left before beginning it"
        RETRIED = "retried", "a person asked for it"
        QUARANTINE = "quarantine", "its agent was put in quarantine"
        KILLED = "killed", "its agent was told to end"

    ACTIVE_STATES = (State.PENDING, State.RUNNING, State.PREEMPTING)
    # What the server gave up by itself: a sign of life from the client is better knowledge.
    PRESUMED_CAUSES = (Cause.LOST, Cause.UNBEGUN)
    BELOW = ("sweep", "project")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    sweep = models.ForeignKey(Sweep, null=True, blank=True, on_delete=models.CASCADE, related_name="runs")
    suggestion = models.OneToOneField(Suggestion, null=True, blank=True, on_delete=models.SET_NULL, related_name="run")
    agent = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    request_id = models.CharField(max_length=64, blank=True)
    run_id = models.CharField(max_length=64, default=new_id, validators=[run_id_pattern])
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    stop_requested = models.BooleanField(default=False)
    stop_reason = models.CharField(max_length=8, choices=StopReason, blank=True)
    attempt = models.PositiveIntegerField(default=1)
    history_attempt = models.PositiveIntegerField(default=1)
    queued_at = models.DateTimeField(null=True, blank=True)
    requeue_cause = models.CharField(max_length=10, choices=Cause, blank=True)

    config = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    summary_overrides = models.JSONField(default=list)
    objective = models.FloatField(null=True, blank=True)
    stopping_progress = models.JSONField(default=dict, blank=True)
    history_rows = models.BigIntegerField(default=0)
    last_step = models.BigIntegerField(null=True, blank=True)
    system_rows = models.BigIntegerField(default=0)
    console_lines = models.BigIntegerField(default=0)

    tags = models.JSONField(default=list, blank=True)
    notes = models.TextField(blank=True)
    is_hidden = models.BooleanField(default=False)
    group = models.CharField(max_length=200, blank=True)
    job_type = models.CharField(max_length=200, blank=True)
    host = models.CharField(max_length=200, blank=True)
    program = models.CharField(max_length=1000, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    error = models.TextField(blank=True)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    change = models.BigIntegerField(default=0)
    author = models.CharField(max_length=150, blank=True, editable=False)

    objects = LiveManager["Run"]()
    everything = models.Manager["Run"]()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "run_id"], condition=Q(deleted_at=None), name="run_id_once"),
            models.UniqueConstraint(
                fields=["agent", "request_id"],
                condition=Q(deleted_at=None) & ~Q(request_id=""),
                name="run_request_once",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "change"], name="run_project_change"),
            models.Index(fields=["sweep", "change"], name="run_sweep_change"),
            # With all that hides deleted runs, so that counting reads the index alone.
            models.Index(fields=["sweep", "state", "deleted_at", "project"], name="run_sweep_state"),
            models.Index(fields=["sweep", "objective"], name="run_sweep_objective"),
            # Tables show the newest runs first.
            models.Index(fields=["sweep", "created_at"], name="run_sweep_created"),
            models.Index(fields=["project", "created_at"], name="run_project_created"),
            models.Index(fields=["state", "heartbeat_at"], name="run_state_heartbeat"),
            models.Index(fields=["project", "finished_at"], name="run_project_finished"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="run_deleted"),
            models.Index(fields=["sweep", "queued_at"], condition=Q(queued_at__isnull=False), name="run_queued"),
        ]

    def __str__(self) -> str:
        return self.name or self.run_id

    @classmethod
    def renew(cls, pk: int, attempt: int, now: datetime) -> bool:
        """Note a sign of life at `now`; return whether there is such a run, and this attempt is the one that counts."""
        sql = "UPDATE sweeps_app_run SET heartbeat_at = %s WHERE id = %s AND attempt = %s AND deleted_at IS NULL"
        with keeping_cursor() as cursor:
            told = connection.ops.adapt_datetimefield_value(now), integer(pk), integer(attempt)
            cursor.execute(kept_form(sql), told)
            return bool(cursor.rowcount)
